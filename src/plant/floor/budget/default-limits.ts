import { availableParallelism, totalmem } from 'node:os';
import type { Limits } from '../../../core/ports/floor.ts';

const gib = 2 ** 30;

/** What a workspace may use where nobody said: most of the machine, so that what hits it is out of hand. */
export function defaultLimits(): Limits {
  return {
    memoryBytes: Math.min(8 * gib, Math.floor(totalmem() * 0.75)),
    cpus: availableParallelism(),
    processes: 4_096,
    diskBytes: 20 * gib,
  };
}
