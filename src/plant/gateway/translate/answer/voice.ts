import type { Origin } from '../conversation/conversation.ts';
import type { AnswerEvent } from './event.ts';

/** How the caller is to be answered. */
export interface Voice {
  /** The name that the caller knows the model by. */
  readonly alias: string;
  /** Names this answer; unique. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Whether a stream is to tell of tokens. */
  readonly streamUsage: boolean;
  readonly showThoughts: boolean;
  /** What a tool is in the caller's words. */
  originOf(name: string): Origin;
}

/** Writes one stream. Events come one block after the other, and each thought closes with the text that keepsakes it. */
export interface Emitter {
  take(event: AnswerEvent): string;
  /** Keeps the connection alive. */
  ping(): string;
}

/** One event of a stream of server-sent events; APIs that do not name theirs say null. */
export function frame(event: string | null, data: object): string {
  return `${event === null ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}
