import type { Clock } from '../../core/ports/clock.ts';
import type { Conversation, ProcessExit } from '../../core/ports/floor.ts';
import type { SessionEvent } from '../../core/station/session-event.ts';
import type { AgentOrder, PlacedFile, Start } from './harness/harness.ts';

/** A way to drive an agent, from its start to its last word. */
export interface Driver {
  /** As lines name it: 'codex', 'acp:codex'. */
  readonly name: string;
  /** True where a new process can go on with a session of one that was killed, as far as the agent still has it. */
  readonly resumes: boolean;
  /** Files that the agent reads at its start, below the scratch home. */
  files(order: AgentOrder): readonly PlacedFile[];
  /** Folder of its home in which it looks for skills; '.agents/skills' where nothing is said, as nearly all do. */
  readonly skills?: string;
  /** Whether none of these files tells it its role, so that the first prompt has to. */
  readonly roleInPrompt?: boolean;
  /** Begins to talk; nothing needs to be started before the first word. */
  open(order: AgentOrder, wire: Wire): Talk;
}

/** What a driver is given of the world. */
export interface Wire {
  /**
   * Starts a program of the agent in the workspace, with the time that is left for it; its whole tree ends with it. It is
   * ended when the job is withdrawn, and when `signal` is aborted.
   */
  converse(start: Start, signal: AbortSignal): Promise<Conversation>;
  /** Aborted when we have heard enough of the agent. */
  readonly enough: AbortSignal;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Every byte that it writes to its stdout, as it comes. */
  heard(chunk: Uint8Array): void;
  /** What it is understood to have said. */
  tell(event: SessionEvent): void;
}

/** One session of an agent, over as many prompts as it takes. */
export interface Talk {
  /** Says a prompt and waits for the end of the turn. Never throws for what the agent does. */
  say(prompt: string): Promise<TurnEnd>;
  /** Goes on with a session of a process that is gone, and does nothing where none can be; whether the agent still has it shows when it is asked. */
  takeUp(session: string): Promise<void>;
  /** True where the next prompt finds the agent with what was said before in mind; takes up what a process that died had, where another can. */
  recalls(): Promise<boolean>;
  /** Ends whatever runs still. */
  end(): Promise<void>;
}

export interface TurnEnd {
  /** How its process ended; null where it runs on, and only its turn is over. */
  readonly exit: ProcessExit | null;
  /** The end of what it wrote to its stderr. */
  readonly stderr: string;
}
