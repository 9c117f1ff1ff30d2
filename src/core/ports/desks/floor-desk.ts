import type { Where } from '../../evidence/where.ts';
import type { Actor } from '../../gate/answer.ts';
import type { BaseRef, FloorProbe, ReapReport, Workspace, WorkspaceView } from '../floor.ts';

/** What operators see and do of the floor that commands run on. */
export interface FloorDesk {
  /** Throws `no-sandbox`, `floor-unreachable`. */
  probe(): Promise<FloorProbe>;
  list(): Promise<readonly WorkspaceView[]>;
  /** Makes the base of a repository as its stages begin with, its environment set up; takes it over where it is there. */
  prepare(repository: string): Promise<PreparedBase>;
  reap(options: { readonly dryRun: boolean }): Promise<ReapReport>;
  /**
   * Enters the workspace of a run for a person: that of a stage under way as it is, else the base with what the run
   * changed laid over it, removed when he leaves. Throws `run-unknown`, `access-refused` for an agent.
   */
  enter(run: string, options: { readonly actor: Actor; readonly stage: string | null }): Promise<Entered>;
}

export interface PreparedBase {
  readonly base: BaseRef;
  /** True where it was there already. */
  readonly reused: boolean;
  readonly repository: string;
  readonly commit: string;
  /** File that the environment was read from; null where the repository says nothing. */
  readonly environment: string | null;
  /** Setup commands, as they were run. */
  readonly setup: readonly string[];
  /** What the repository asks for and does not get, for people. */
  readonly refused: readonly string[];
  readonly ms: number;
}

export interface Entered {
  readonly workspace: Pick<Workspace, 'name' | 'ref' | 'root' | 'converse'>;
  /** `live` it is that of a stage under way; `rebuilt` it was made for this visit. */
  readonly how: 'live' | 'rebuilt';
  /** Stage that is under way in it; null where it was made for this visit. */
  readonly stage: string | null;
  leave(): Promise<void>;
}

/** Where one stage ran, or would run. */
export interface Whereabouts {
  /** '' where no run is meant. */
  readonly run: string;
  readonly stage: string;
  readonly attempt: number;
  /** ISO time of its start; '' where it has not begun. */
  readonly at: string;
  readonly where: Where;
  /** Digest of the sealed base of its workspace; null where it had none. */
  readonly base: string | null;
  readonly workspace: string | null;
}
