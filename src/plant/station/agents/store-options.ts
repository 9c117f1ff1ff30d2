import type { ErrorCode } from '../../../core/base/error.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { RunOwnProgram } from '../../../core/ports/process.ts';
import type { AgentRecord } from './catalogue/index.ts';

export interface AgentStoreOptions {
  /** Absolute folder of what is installed whole. Commands of jobs may read it: nothing secret lies in it. */
  readonly folder: string;
  /** Absolute folder of what is being installed, on the same disk; no job sees it. */
  readonly drafts: string;
  /** Folder whose .npmrc counts as npm's project settings. */
  readonly settings: string;
  /** The owner's environment: npm's settings, PATH, and whether a login lies in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables of it that npm is not given: keys of providers lie in them. */
  readonly withheld?: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  readonly run: RunOwnProgram;
  /** Told of what was passed over where nobody waits for it. */
  readonly log: (line: string) => void;
  /**
   * Does something while no other process does it under the same lock file; takes the lock of a dead one over. Throws a
   * fault of the given code where a live holder keeps it for longer than `ms`.
   */
  readonly lock: <T>(path: string, work: () => Promise<T>, patience: { readonly ms: number; readonly code: ErrorCode }) => Promise<T>;
  /** Agents that are known; those of the catalogue where nothing is said. */
  readonly catalogue?: readonly AgentRecord[];
  /** Room left in a folder, in bytes; asked of the disk where nothing is said. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}
