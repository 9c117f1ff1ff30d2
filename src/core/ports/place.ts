import type { Digest } from '../base/ids.ts';
import type { GitSource } from './git.ts';
import type { Command } from './process.ts';

/** Names a workspace for as long as it may be remembered. JSON. */
export interface WorkspaceRef {
  readonly floor: string;
  /** Machine it stands on: a host name, or where an engine or a host is reached. */
  readonly host: string;
  readonly name: string;
}

/** One thing that stands on a floor. */
export interface WorkspaceView {
  readonly ref: WorkspaceRef;
  /** `live` a living process owns it; `left` its owner died with a started command in it; `stray` nobody's; `base` sealed. */
  readonly state: 'live' | 'left' | 'stray' | 'base';
  /** Who owns it, for people; '' for nobody. */
  readonly owner: string;
  /** ISO time. */
  readonly since: string;
}

export interface ReapReport {
  /** What was removed, or would be in a dry run. */
  readonly removed: readonly WorkspaceView[];
  readonly left: readonly WorkspaceView[];
}

/** What the commands of a workspace may use, all together. */
export interface Limits {
  readonly memoryBytes: number;
  /** Cores; may be a fraction. */
  readonly cpus: number;
  readonly processes: number;
  /** What it may write, its base not counted. */
  readonly diskBytes: number;
}

/** A sealed tree that workspaces are layers over. JSON. */
export interface BaseRef {
  readonly floor: string;
  readonly key: Digest;
}

export interface BaseOrder {
  /** Digest of all that makes this base what it is: repository, commit, environment, tools. */
  readonly key: Digest;
  readonly source: GitSource;
  /** Run one after another with what they say of the network; the first that fails fails the base. */
  readonly setup: readonly Command[];
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}
