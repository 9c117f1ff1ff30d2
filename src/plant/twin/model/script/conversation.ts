import type { Script } from '../scenario/scenario.ts';
import type { Reply } from '../reply.ts';

/** What a twin knows of one conversation. */
export interface Conversation {
  /** Names it among all conversations of the twin, also across restarts of the agent. */
  readonly id: string;
  readonly script: Script;
  readonly position: Position;
  /** Calls of the model that count for the script, those that failed among them. */
  readonly calls: number;
  /** Steps whose own fault has happened. */
  readonly faulted: readonly number[];
  /** How often each disturbance of the scenario has happened. */
  readonly disturbed: Readonly<Record<number, number>>;
  /** The last answer, until the next request shows whether it arrived. */
  readonly last: Answered | null;
  /** What was kept of the prompt of the last call. */
  readonly kept: readonly string[];
  /** The agent has tools in this conversation. */
  readonly hasTools: boolean;
}

/** Where in its script a conversation is. */
export interface Position {
  readonly step: number;
  /** How many answers of this step were given. */
  readonly given: number;
  /** How many answers it took so far to get ready for this one. */
  readonly rounds: number;
  /** Files that were read, each with the call that read it. */
  readonly reads: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly reply: Reply;
  /** Where the script stands if the answer arrived. */
  readonly after: Position;
  /** Whether it was sent whole. */
  readonly sent: 'whole' | 'broken';
  /** The prompt that it answered. */
  readonly prompt: string;
}

export function begun(id: string, script: Script): Conversation {
  const position = { step: 0, given: 0, rounds: 0, reads: {} };
  return { id, script, position, calls: 0, faulted: [], disturbed: {}, last: null, kept: [], hasTools: false };
}
