import { z } from 'zod';
import { GateChoice } from '../../../core/line/line.ts';
import { reads, reply, takes, type Route } from '../route.ts';

/** From afar an answer names what it is about: the digest that the person was shown. */
const Answer = z.strictObject({ choice: GateChoice, note: z.string().default(''), digest: z.string().min(1) });

export const gateRoutes: readonly Route[] = [
  reads({ method: 'GET', path: '/v1/gates', who: 'holder', does: 'open gates, oldest first' }, async ({ factory }) =>
    reply({ gates: await factory.gates.open() }),
  ),
  // The id of a gate has slashes in it; written as %2F it is the same.
  reads({ method: 'GET', path: '/v1/gates/:gate{.+}', who: 'holder', does: 'one gate, open or closed' }, async (call) =>
    reply(await call.factory.gates.show(call.param('gate'))),
  ),
  takes(
    { method: 'POST', path: '/v1/gates/:gate{.+}/answer', who: 'person', does: 'answers a gate for the digest it showed', body: Answer },
    async (call, answer) => reply(await call.factory.gates.answer(call.param('gate'), { ...answer, actor: call.actor })),
  ),
];
