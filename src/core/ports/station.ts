import type { Claim } from '../evidence/fact.ts';
import type { Json } from '../base/json.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { Workspace } from './floor.ts';

/** A machine that does a step of the line. It changes the workspace and says what it did; nobody believes it. */
export interface Station {
  readonly name: string;
  /** Who is paid for it, for limits on a provider; absent where nobody is. */
  readonly provider?: string;
  perform(job: StationJob): Promise<Claim>;
}

export interface StationJob {
  readonly packet: TaskPacket;
  /** A clean one-commit checkout of the base; with what the repository asks for set up, but for the mechanic. */
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  /** Program and arguments that the stage names, for stations that run one; empty otherwise. */
  readonly run: readonly string[];
  /** What was objected to in earlier attempts and what people said at gates, oldest first. */
  readonly feedback: readonly string[];
  /** Limits of the stage, in milliseconds. */
  readonly timeoutMs: number;
  readonly stallMs: number | null;
  /** What an earlier life of this very attempt has recorded: go on with that process instead of starting another. */
  readonly handle: Json | null;
  /** Records how to find what was started; call it before waiting for anything that takes long. */
  readonly remember: (handle: Json) => Promise<void>;
  /** Says something while working, for people who watch. */
  readonly note: (message: string) => void;
}
