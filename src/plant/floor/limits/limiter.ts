import type { FloorClaim, Limits } from '../../../core/ports/floor.ts';
import type { Start } from '../spawn/spawn.ts';

export interface LimiterOptions {
  /** Folder of the floor: which groups were made is remembered in it. */
  readonly root: string;
  /** User that commands run as; null for the factory's own. */
  readonly user: Start['user'];
  /** PATH of canaries. */
  readonly path: string;
  /** Whether no two workspaces share a user: only then can processes be counted by user. Default false. */
  readonly userPerJob?: boolean;
}

/** Holds what all commands of a workspace use together. */
export interface Limiter {
  readonly method: 'cgroup-v2' | 'cgroup-v1' | 'rlimits';
  /** 'limits.memory', 'limits.processes', 'limits.cpu', 'limits.disk'; what the method cannot hold is `unsupported`, with the reason. */
  readonly claims: readonly FloorClaim[];
  /**
   * The group of one workspace: made where it is missing, found again by the same job in another life of the factory.
   * Its limits are those given last. Throws `workspace-failed`.
   */
  group(job: string, limits: Limits): Promise<LimitGroup>;
  /**
   * Ends what runs in the group of a job, whichever life made it, and removes it; nothing happens where there is none.
   * Throws `workspace-failed` where a process does not die.
   */
  remove(job: string): Promise<void>;
}

export interface LimitGroup {
  /**
   * The start that runs argv within the group, before any change of user and any wall. Where the factory is root, so is the
   * shell that joins the group: give it no environment of the job's, which could name a library for it to load.
   */
  enclose(argv: readonly [string, ...string[]]): readonly [string, ...string[]];
  /** Processor time of all that ever ran in it; most memory at once, in bytes; processes now, each thread counted, as the limit does. */
  usage(): Promise<GroupUsage>;
  /**
   * Which limit was hit since the group was made or since this was last asked, in whatever life: a process ended for want
   * of memory, a fork refused. Processor time is never exceeded, only given out slowly. Null also where nobody counts.
   */
  exceeded(): Promise<'memory' | 'processes' | null>;
  /** Ends every process of the group; returns how many there were. Throws `workspace-failed` where one does not die. */
  end(): Promise<number>;
  /** Removes the empty group. Throws `workspace-failed` where processes stay in it. */
  remove(): Promise<void>;
}

export interface GroupUsage {
  readonly cpuMs: number | null;
  readonly memoryPeakBytes: number | null;
  readonly processes: number | null;
}
