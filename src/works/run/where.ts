import type { Where } from '../../core/evidence/event.ts';
import type { Job } from './job.ts';

/** Where and on what this stage runs, as the floor proved it. */
export async function whereOf({ needs }: Job): Promise<Where> {
  const { host, platform, kind, tier, user, node, npm } = await needs.floor.probe();
  return { host, platform, executor: needs.engine.executor, pid: needs.pid, floor: kind, tier, user, node, npm };
}
