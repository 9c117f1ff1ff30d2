import { reads, reply, type Route } from '../route.ts';

export const floorRoutes: readonly Route[] = [
  reads(
    { method: 'GET', path: '/v1/floor', who: 'holder', does: 'where commands would run, and what was proved of it' },
    async ({ factory }) => reply(await factory.floor.probe()),
  ),
  reads(
    { method: 'GET', path: '/v1/floor/workspaces', who: 'holder', does: 'workspaces and bases that stand on the floor' },
    async ({ factory }) => reply({ workspaces: await factory.floor.list() }),
  ),
  reads({ method: 'GET', path: '/v1/runs/:run/where', who: 'holder', does: 'where each stage of a run ran and on what' }, async (call) =>
    reply({ stages: await call.factory.where(call.param('run')) }),
  ),
];
