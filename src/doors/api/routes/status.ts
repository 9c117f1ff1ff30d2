import { reads, reply, type Route } from '../route.ts';

export const statusRoutes: readonly Route[] = [
  reads({ method: 'GET', path: '/v1/health', who: 'anyone', does: 'says that the daemon answers, and its version' }, async ({ version }) =>
    reply({ ok: true, version }),
  ),
  reads({ method: 'GET', path: '/v1/status', who: 'holder', does: 'workers, limits, pauses, reviews, open works' }, async ({ factory }) =>
    reply(await factory.operations.status()),
  ),
];
