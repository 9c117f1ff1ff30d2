import type { Claim } from '../evidence/fact.ts';
import type { Json } from '../base/json.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { StationCapabilities } from '../station/capabilities.ts';
import type { ReportForm } from '../station/report.ts';
import type { Script } from '../station/script.ts';
import type { Role } from '../station/role.ts';
import type { Workspace } from './floor.ts';
import type { FoundAgent } from './stations/agents.ts';

/** A machine that does a step of the line. It changes the workspace and says what it did; nobody believes it. */
export interface Station {
  readonly name: string;
  /** Who is paid for it, for limits on a provider; absent where nobody is. */
  readonly provider?: string;
  /** The model that it asks, where it has no other. */
  readonly model?: string;
  /** What it gives, where that is known; a role that needs more is not given to it. */
  readonly capabilities?: StationCapabilities;
  /** True where it sees nothing of the workspace but what its order says. */
  readonly isBlind?: boolean;
  /** True where it never asks a model, so that none is chosen for it. */
  readonly asksNoModel?: boolean;
  /** The program of others that it would drive now; null where it finds none. Absent where the factory itself is the station. */
  identify?(): Promise<FoundAgent | null>;
  /**
   * How it would go on with what an earlier life of an attempt recorded; null where it cannot. Absent where whatever it
   * recorded is a process that lives on.
   */
  resumption?(handle: Json): 'session' | 'reported' | null;
  perform(job: StationJob): Promise<Claim>;
}

/** The stations of a factory, by the names that lines have for them. */
export type Stations = Pick<ReadonlyMap<string, Station>, 'get' | 'has' | 'keys'>;

/** Stations that are made for whatever stands behind their word: 'model:small'. */
export interface StationFamily {
  /** 'model:' */
  readonly word: string;
  readonly make: (rest: string) => Station;
}

/** What a station is to hand in, and as whom it works. */
export interface Assignment {
  readonly form: ReportForm;
  /** Null where the line gives its station no role. */
  readonly role: Role | null;
  /** The order in words, in Markdown, for stations that read: made of the packet and of facts, by the factory. */
  readonly text: string;
}

export interface StationJob {
  readonly packet: TaskPacket;
  readonly assignment: Assignment;
  /** A clean one-commit checkout of the base; with what the repository asks for set up, but for the mechanic. */
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  /** Program and arguments that the stage names, for stations that run one; empty otherwise. */
  readonly run: readonly string[];
  /** What was objected to in earlier attempts and what people said at gates, oldest first. */
  readonly feedback: readonly string[];
  /** Which attempt of the stage it is, from 1; 1 where nothing is said. */
  readonly attempt?: number;
  /** What the line has it play, for a station that is played. */
  readonly script?: Script;
  /** Limits of the stage, in milliseconds. */
  readonly timeoutMs: number;
  readonly stallMs: number | null;
  /** What an earlier life of this very attempt has recorded last: go on with that instead of beginning anew. */
  readonly handle: Json | null;
  /** Records how to go on with what was started; call it before waiting for anything that takes long, and when more is known. */
  readonly remember: (handle: Json) => Promise<void>;
  /** Says something while working, for people who watch. */
  readonly note: (message: string) => void;
}
