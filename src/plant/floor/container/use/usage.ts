import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { asked } from '../engine/fault.ts';

const Stats = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ max_usage: z.number().optional() }),
  pids_stats: z.object({ current: z.number().optional() }),
});

export interface EngineUsage {
  readonly cpuMs: number;
  /** Null where the engine does not tell: the kernel may. */
  readonly memoryPeakBytes: number | null;
  /** Threads of the container now, those of its runner too. */
  readonly processes: number | null;
}

/** What a running container has used, as its engine tells. Throws `workspace-failed`, `floor-unreachable`. */
export async function usageOf(engine: Engine, container: string): Promise<EngineUsage> {
  const ask = (): Promise<unknown> => engine.api.getContainer(container).stats({ stream: false, 'one-shot': true });
  const { cpu_stats, memory_stats, pids_stats } = Stats.parse(
    await asked(engine, `asking what the container ${container.slice(0, 12)} has used`, ask),
  );
  return {
    cpuMs: Math.round(cpu_stats.cpu_usage.total_usage / 1_000_000),
    memoryPeakBytes: memory_stats.max_usage ?? null,
    processes: pids_stats.current ?? null,
  };
}
