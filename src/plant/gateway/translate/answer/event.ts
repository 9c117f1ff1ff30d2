import type { Fault } from './fault.ts';

/** What an upstream's answer says, piece by piece, whatever API it came by. */
export type AnswerEvent =
  | { readonly kind: 'begin'; readonly id: string | null }
  | { readonly kind: 'open'; readonly block: number; readonly what: Opening }
  /** More text, thought, or text of arguments. */
  | { readonly kind: 'more'; readonly block: number; readonly text: string }
  /** `keepsake` is what the maker wants back with a thought, in the form of its API; null for none. */
  | { readonly kind: 'close'; readonly block: number; readonly keepsake: unknown }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'stop'; readonly stop: Stop; readonly sequence: string | null }
  | { readonly kind: 'ping' }
  /** Content that was not read, with its characters: `fault` is what a translation makes of it, null where it does without. */
  | { readonly kind: 'unread'; readonly fault: Fault | null; readonly said: number }
  | { readonly kind: 'fault'; readonly fault: Fault };

export type Opening =
  | { readonly kind: 'text' }
  | { readonly kind: 'thought' }
  /** An id of null is to be made up. */
  | { readonly kind: 'call'; readonly id: string | null; readonly name: string };

/** Why an answer ended. */
export type Stop = 'end' | 'calls' | 'length' | 'refusal' | 'sequence';

/** Tokens of one answer. `input` is without what a cache gave or took. */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Part of `cacheWrite`: what is kept for an hour. */
  readonly cacheWriteHour: number;
  readonly output: number;
  /** Part of `output`. */
  readonly reasoning: number;
  /** Which of these the upstream did not tell: they hold the least that is known of them. */
  readonly untold: readonly ('input' | 'output')[];
}

/** Reads one stream. It tells of an end by `stop`, after which nothing comes but tokens. */
export interface Decoder {
  take(data: unknown): readonly AnswerEvent[];
  /** The stream is over: what is still to be told, nothing where it was cut. */
  end(): readonly AnswerEvent[];
  /** Whether nothing more is to come that counts, of a stream whose stop only `end` tells. */
  isWhole?(): boolean;
}

/**
 * Characters of what a model said in these events: words, thoughts and arguments of calls, without what they are wrapped in. A run of one
 * sign, such as a margin, a line of a table or the blanks of a model that finds no end, counts as {@link longestRun} at most: it is one token.
 */
export function saidIn(events: readonly AnswerEvent[]): number {
  let said = 0;
  for (const event of events) {
    if (event.kind === 'more') said += lengthOf(event.text);
    else if (event.kind === 'unread') said += event.said;
  }
  return said;
}

export const longestRun = 16;
const longRuns = new RegExp(`(.)\\1{${longestRun},}`, 'gs');

function lengthOf(text: string): number {
  return text.length <= longestRun ? text.length : text.replaceAll(longRuns, (run) => run.slice(0, longestRun)).length;
}
