import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import { NewRun, runRequest } from '../new-run.ts';
import { reads, reply, takes, type Call, type Route } from '../route.ts';

const Count = z.number().int().min(0);
const NewLimit = z.strictObject({
  key: z.string().min(1),
  atOnce: Count.nullable(),
  rate: z.strictObject({ count: Count, seconds: z.number().int().min(1) }).nullable(),
});
const NewPause = z.strictObject({ scope: z.string().min(1), why: z.string().min(1) });
const NewSchedule = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,100}$/, 'letters, digits, dots and dashes'),
  cron: z.string().min(1),
  timezone: z.string().min(1).default('UTC'),
  request: NewRun,
});

export const operationRoutes: readonly Route[] = [
  reads({ method: 'GET', path: '/v1/limits', who: 'holder', does: 'limits, and what is taken of them' }, async ({ factory }) => {
    const { limits, usage } = await factory.operations.status();
    return reply({ limits, usage });
  }),
  takes(
    { method: 'PUT', path: '/v1/limits', who: 'person', does: 'sets a limit; takes it away where both are null', body: NewLimit },
    async ({ factory, actor }, limit) => {
      await factory.operations.setLimit(limit, actor);
      return reply(limit);
    },
  ),
  reads({ method: 'GET', path: '/v1/pauses', who: 'holder', does: 'what is paused, by whom and why' }, async ({ factory }) =>
    reply({ pauses: (await factory.operations.status()).pauses }),
  ),
  takes(
    { method: 'POST', path: '/v1/pauses', who: 'person', does: 'pauses the factory, a line or a queue', body: NewPause },
    async ({ factory, actor }, { scope, why }) => reply({ scope, isNew: await factory.operations.pause(scope, why, actor) }),
  ),
  reads({ method: 'DELETE', path: '/v1/pauses', who: 'person', does: 'lifts a pause', queries: ['scope'] }, async (call) =>
    reply({ removed: await call.factory.operations.unpause(needed(call, 'scope'), call.actor) }),
  ),
  reads({ method: 'GET', path: '/v1/reviews', who: 'holder', does: 'what waits for a person, oldest first' }, async ({ factory }) =>
    reply({ reviews: await factory.operations.reviews() }),
  ),
  reads({ method: 'POST', path: '/v1/reviews/:run{.+}/done', who: 'person', does: 'says that it was looked at' }, async (call) =>
    reply({ removed: await call.factory.operations.reviewed(call.param('run'), call.actor) }),
  ),
  reads({ method: 'GET', path: '/v1/schedules', who: 'holder', does: 'schedules, with their next time' }, async ({ factory }) =>
    reply({ schedules: await factory.operations.schedules() }),
  ),
  takes(
    { method: 'PUT', path: '/v1/schedules', who: 'person', does: 'sets or replaces a schedule', body: NewSchedule },
    async ({ factory, actor }, { request, ...when }) =>
      reply(await factory.operations.schedule({ ...when, request: runRequest(request, actor) }, actor)),
  ),
  reads({ method: 'DELETE', path: '/v1/schedules', who: 'person', does: 'takes a schedule away', queries: ['id'] }, async (call) =>
    reply({ removed: await call.factory.operations.unschedule(needed(call, 'id'), call.actor) }),
  ),
];

/** A query without which a route means nothing. */
export function needed(call: Call, name: string): string {
  const value = call.query(name) ?? '';
  if (value !== '') return value;
  throw new JidokaError('usage', `?${name}= is missing.`, { mend: `Say which one: ?${name}=…` });
}
