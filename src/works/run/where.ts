import type { Where } from '../../core/evidence/where.ts';
import type { Stage } from '../../core/line/line.ts';
import { crewOf } from '../../core/station/crew-of.ts';
import type { Job } from './job.ts';
import type { RunNeeds } from './needs.ts';

/** Where and on what this stage runs, as the floor proved it. */
export async function whereOf(stage: Stage, job: Job): Promise<Where> {
  return { ...(await whereHere(job.needs)), ...(await doing(stage, job)) };
}

/** Where a stage would run now; what its station and its model would be is the stage's to say. */
export async function whereHere({ floor, engine, pid }: Pick<RunNeeds, 'floor' | 'engine' | 'pid'>): Promise<Where> {
  const { host, platform, kind, tier, user, node, npm, wall, limits, image, region } = await floor.probe();
  return { host, platform, executor: engine.executor, pid, floor: kind, tier, user, node, npm, wall, limits, image, region };
}

/** Where a stage was to run whose floor cannot be used: nothing was, so nothing is said of it. */
export function nowhere({ needs }: Job): Where {
  const unknown = { platform: '', tier: 'none', user: '', node: '', npm: '' };
  return { host: '', executor: needs.engine.executor, pid: needs.pid, floor: needs.floor.kind, ...unknown, harness: null, model: null };
}

/** The station that is tried first, as it is now; to whom it hands over, the ledger says when it does. */
async function doing(stage: Stage, { needs, input }: Job): Promise<Pick<Where, 'harness' | 'model'>> {
  const [station] = crewOf(stage, input.line, needs.stations).able;
  if (station === undefined) return { harness: null, model: null };
  if (station.identify === undefined) return { harness: { name: station.name, version: needs.version }, model: station.model ?? null };
  const found = await station.identify();
  const role = input.line.roles?.find(({ name }) => name === stage.role);
  return { harness: { name: station.name, version: found?.version ?? 'not found' }, model: role?.model ?? null };
}
