import type { Claim } from '../evidence/fact.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { Workspace } from './floor.ts';

/** A machine that does a step of the line. It changes the workspace and says what it did; nobody believes it. */
export interface Station {
  readonly name: string;
  perform(job: StationJob): Promise<Claim>;
}

export interface StationJob {
  readonly packet: TaskPacket;
  /** A clean one-commit checkout of the base, nothing installed. */
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  /** Says something while working, for people who watch. */
  readonly note: (message: string) => void;
}
