import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import { NewRun, runRequest } from '../new-run.ts';
import { reads, reply, takes, type Route } from '../route.ts';

const Submission = NewRun.extend({
  /** The same request left again under one key is one. */
  key: z.string().min(1).max(200).optional(),
  notBefore: z.iso.datetime().optional(),
});

/** Nothing is presumed: who leaves `right` out has said nothing. */
const Judged = z.strictObject({ right: z.boolean(), why: z.string().trim().default('') });

export const runRoutes: readonly Route[] = [
  reads({ method: 'GET', path: '/v1/runs', who: 'holder', does: 'runs, newest first', queries: ['limit', 'line'] }, async (call) => {
    const line = call.query('line');
    const limit = countOf(call.query('limit') ?? '50');
    return reply({ runs: await call.factory.runs({ limit, ...(line === null ? {} : { line }) }) });
  }),
  takes(
    { method: 'POST', path: '/v1/runs', who: 'holder', does: 'leaves a request for a worker', body: Submission },
    async ({ factory, actor }, { key, notBefore, ...asked }) => {
      const options = { ...(key === undefined ? {} : { key }), ...(notBefore === undefined ? {} : { notBefore }) };
      return reply(await factory.submit(runRequest(asked, actor), options), 202);
    },
  ),
  reads({ method: 'GET', path: '/v1/runs/:run', who: 'holder', does: 'one run, its result and its events' }, async (call) =>
    reply(await call.factory.show(call.param('run'))),
  ),
  takes(
    {
      method: 'POST',
      path: '/v1/runs/:run/cancel',
      who: 'person',
      does: 'stops a run and all runs it started',
      body: z.strictObject({ why: z.string().min(1) }),
    },
    async (call, { why }) => reply(await call.factory.cancel(call.param('run'), { actor: call.actor, why })),
  ),
  takes(
    {
      method: 'POST',
      path: '/v1/runs/:run/judge',
      who: 'person',
      does: 'says whether its result was right; the last word counts',
      body: Judged,
    },
    async (call, said) => reply(await call.factory.routing.judge(call.param('run'), { ...said, actor: call.actor })),
  ),
  reads({ method: 'GET', path: '/v1/runs/:run/evidence', who: 'holder', does: 'where the evidence of a run is' }, async (call) =>
    reply(await call.factory.evidence(call.param('run'))),
  ),
];

function countOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new JidokaError('usage', `limit=${text} is no count of runs.`, { mend: 'Give a whole number from 1 to 9999.' });
}
