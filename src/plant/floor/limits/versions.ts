import type { Limits } from '../../../core/ports/floor.ts';
import { aloneIn, namedIn, readKernel } from './kernel-files.ts';
import type { GroupUsage } from './limiter.ts';
import type { Controller, Folders } from './nest.ts';

/** What to write into a file of a group. */
export interface Setting {
  readonly controller: Controller;
  readonly file: string;
  readonly value: string;
  /** Not every kernel has this file; what it is for is then not claimed, or held by another. */
  readonly optional?: true;
}

/** What the kernel has counted since a group was made. */
export interface Counts {
  /** Processes ended because the group's own memory was full. */
  readonly memory: number;
  /** Forks refused. */
  readonly processes: number;
}

/** How one version of cgroups is told limits, and how it tells what was used. */
export interface Version {
  /** File by which a process of one thread joins. */
  readonly joinedBy: string;
  /** In the order to write them. */
  settings(limits: Limits): readonly Setting[];
  counts(folders: Folders): Promise<Counts>;
  usage(folders: Folders): Promise<GroupUsage>;
}

export const versions: Readonly<Record<1 | 2, Version>> = {
  1: {
    // One thread that moves itself needs no lock over all forks of the machine.
    joinedBy: 'tasks',
    settings: (limits) => [
      // The limit with swap may never be below the one without, on the way neither.
      { controller: 'memory', file: 'memory.memsw.limit_in_bytes', value: '-1', optional: true },
      { controller: 'memory', file: 'memory.limit_in_bytes', value: String(limits.memoryBytes) },
      { controller: 'memory', file: 'memory.memsw.limit_in_bytes', value: String(limits.memoryBytes), optional: true },
      // Where swap is not counted it is not used either.
      { controller: 'memory', file: 'memory.swappiness', value: '0', optional: true },
      { controller: 'pids', file: 'pids.max', value: String(limits.processes) },
      { controller: 'cpu', file: 'cpu.cfs_period_us', value: String(periodUs), optional: true },
      { controller: 'cpu', file: 'cpu.cfs_quota_us', value: quotaOf(limits), optional: true },
    ],
    async counts(folders) {
      const [oom, limit, peak, peakSwap, forks] = await Promise.all([
        readKernel(folders.memory, 'memory.oom_control'),
        readKernel(folders.memory, 'memory.limit_in_bytes'),
        readKernel(folders.memory, 'memory.max_usage_in_bytes'),
        readKernel(folders.memory, 'memory.memsw.max_usage_in_bytes'),
        readKernel(folders.pids, 'pids.events'),
      ]);
      // Of a process ended because the whole machine ran out of memory the same is said; `memory.failcnt` stays 0 on newer kernels.
      const isFull = Math.max(aloneIn(peak) ?? 0, aloneIn(peakSwap) ?? 0) >= fullPart * (aloneIn(limit) ?? 0);
      return { memory: isFull ? (namedIn(oom, 'oom_kill') ?? 0) : 0, processes: namedIn(forks, 'max') ?? 0 };
    },
    async usage(folders) {
      const [nanoseconds, peak, peakSwap, pids] = await Promise.all([
        readKernel(folders.cpuacct, 'cpuacct.usage'),
        readKernel(folders.memory, 'memory.max_usage_in_bytes'),
        readKernel(folders.memory, 'memory.memsw.max_usage_in_bytes'),
        readKernel(folders.pids, 'pids.current'),
      ]);
      const used = aloneIn(nanoseconds);
      return {
        cpuMs: used === null ? null : used / 1_000_000,
        memoryPeakBytes: aloneIn(peakSwap) ?? aloneIn(peak),
        processes: aloneIn(pids),
      };
    },
  },
  2: {
    joinedBy: 'cgroup.procs',
    settings: (limits) => [
      { controller: 'memory', file: 'memory.max', value: String(limits.memoryBytes) },
      { controller: 'memory', file: 'memory.swap.max', value: '0', optional: true },
      // A job that lost one process is no longer what it was: all of it ends.
      { controller: 'memory', file: 'memory.oom.group', value: '1', optional: true },
      { controller: 'pids', file: 'pids.max', value: String(limits.processes) },
      { controller: 'cpu', file: 'cpu.max', value: `${quotaOf(limits)} ${periodUs}`, optional: true },
    ],
    async counts(folders) {
      const [memory, forks] = await Promise.all([readKernel(folders.memory, 'memory.events'), readKernel(folders.pids, 'pids.events')]);
      // What the whole machine ran out of is not the group's doing: then nothing was refused by its own limit.
      const ended = Math.min(namedIn(memory, 'oom_kill') ?? 0, namedIn(memory, 'oom') ?? 0);
      return { memory: ended, processes: namedIn(forks, 'max') ?? 0 };
    },
    async usage(folders) {
      const [cpu, peak, pids] = await Promise.all([
        readKernel(folders.cpuacct, 'cpu.stat'),
        readKernel(folders.memory, 'memory.peak'),
        readKernel(folders.pids, 'pids.current'),
      ]);
      const used = namedIn(cpu, 'usage_usec');
      return { cpuMs: used === null ? null : used / 1_000, memoryPeakBytes: aloneIn(peak), processes: aloneIn(pids) };
    },
  },
};

/** A group that was never fuller than this was not ended by its own limit. */
const fullPart = 0.9;
/** Time over which processors are shared out, in microseconds; the default of both versions. */
const periodUs = 100_000;
/** The kernel shares out no less, in microseconds. */
const leastQuotaUs = 1_000;

function quotaOf({ cpus }: Limits): string {
  return String(Math.max(leastQuotaUs, Math.round(cpus * periodUs)));
}
