import type { Where } from '../../core/evidence/event.ts';
import type { Stage } from '../../core/line/line.ts';
import type { Job } from './job.ts';
import type { RunNeeds } from './needs.ts';

/** Where and on what this stage runs, as the floor proved it. */
export async function whereOf(stage: Stage, { needs }: Job): Promise<Where> {
  return { ...(await whereHere(needs)), ...doing(stage, needs) };
}

/** Where a stage would run now; what its station and its model would be is the stage's to say. */
export async function whereHere({ floor, engine, pid }: Pick<RunNeeds, 'floor' | 'engine' | 'pid'>): Promise<Where> {
  const { host, platform, kind, tier, user, node, npm, wall, limits, image, region } = await floor.probe();
  return { host, platform, executor: engine.executor, pid, floor: kind, tier, user, node, npm, wall, limits, image, region };
}

/** Where a stage was to run whose floor cannot be used: nothing was, so nothing is said of it. */
export function nowhere(stage: Stage, { needs }: Job): Where {
  const unknown = { platform: '', tier: 'none', user: '', node: '', npm: '' };
  return { host: '', executor: needs.engine.executor, pid: needs.pid, floor: needs.floor.kind, ...unknown, ...doing(stage, needs) };
}

/** The stations of today are the factory's own, and use no model. */
function doing({ station }: Stage, { version }: Pick<RunNeeds, 'version'>): Pick<Where, 'harness' | 'model'> {
  return { harness: station === undefined ? null : { name: station, version }, model: null };
}
