import type { Where } from '../../core/evidence/event.ts';
import type { Stage } from '../../core/line/line.ts';
import type { Job } from './job.ts';

/** Where and on what this stage runs, as the floor proved it. */
export async function whereOf(stage: Stage, { needs }: Job): Promise<Where> {
  const { host, platform, kind, tier, user, node, npm, wall, limits, image, region } = await needs.floor.probe();
  // The stations of today are the factory's own, and use no model.
  const harness = stage.station === undefined ? null : { name: stage.station, version: needs.version };
  const place = { host, platform, executor: needs.engine.executor, pid: needs.pid, floor: kind, tier, user, node, npm };
  return { ...place, wall, limits, image, region, harness, model: null };
}

/** Where a stage was to run whose floor cannot be used: nothing was, so nothing is said of it. */
export function nowhere(stage: Stage, { needs }: Job): Where {
  const unknown = { platform: '', tier: 'none', user: '', node: '', npm: '' };
  const harness = stage.station === undefined ? null : { name: stage.station, version: needs.version };
  return { host: '', executor: needs.engine.executor, pid: needs.pid, floor: needs.floor.kind, ...unknown, harness, model: null };
}
