import type { Json } from '../../../core/base/json.ts';
import type { Tool } from './call.ts';

/** What the model answers, before it is put into the words of an API. */
export interface Reply {
  /** Unique among all answers of one twin. */
  readonly id: string;
  readonly model: string;
  readonly parts: readonly ReplyPart[];
  readonly stop: Stop;
  readonly usage: Usage;
}

export type ReplyPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'thought'; readonly text: string } | ReplyCall;

export interface ReplyCall {
  readonly kind: 'call';
  readonly id: string;
  readonly tool: Tool;
  readonly input: Json;
  /** The arguments are sent as text that is no JSON. */
  readonly garbled: boolean;
}

export type Stop = 'end' | 'calls' | 'length' | 'refusal';

/** Tokens of one answer. `input` is without what a cache gave or took. */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  /** Part of `output`. */
  readonly reasoning: number;
}

/** The arguments of a call as they stand on the wire. */
export function argumentsText({ tool, input, garbled }: ReplyCall): string {
  const text = tool.input === 'text' ? String(input) : JSON.stringify(input);
  return garbled ? `${text.slice(0, -1)},,` : text;
}

/** Cuts a text into the pieces it is streamed in: at most eight, none of them inside of a character. */
export function piecesOf(text: string): readonly string[] {
  const characters = [...text];
  const size = Math.max(16, Math.ceil(characters.length / 8));
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(''));
  return pieces;
}
