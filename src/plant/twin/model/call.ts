import type { Json } from '../../../core/base/json.ts';

/** The model APIs that are spoken. */
export const protocols = ['messages', 'responses', 'chat', 'gemini'] as const;
export type Protocol = (typeof protocols)[number];

/** One request for an answer of a model, whatever API it came by. */
export interface ModelCall {
  readonly protocol: Protocol;
  readonly model: string;
  readonly stream: boolean;
  /** Whether the stream is to tell of tokens; the APIs that always do so say true. */
  readonly streamUsage: boolean;
  /** What is said outside of the conversation. */
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  /** JSON schema that the answer's text is to satisfy; null for free text. */
  readonly schema: Json;
  /** The request may be answered with thoughts. */
  readonly mayThink: boolean;
  /** What a cache would hold, in order; hints for caching left out of the texts. */
  readonly chunks: readonly Chunk[];
}

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly input: Json }
  | { readonly kind: 'result'; readonly id: string; readonly text: string };

export interface Tool {
  readonly name: string;
  /** Group that the name belongs to, where the API groups tools; null elsewhere. */
  readonly namespace: string | null;
  /** `text` takes one free text instead of an object. */
  readonly input: 'object' | 'text';
  /** JSON schema of its arguments; null where none is given. */
  readonly parameters: Json;
}

export type ToolChoice =
  | { readonly kind: 'free' }
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'tool'; readonly name: string };

/** A piece of the prompt. */
export interface Chunk {
  readonly text: string;
  /** The caller asks to keep everything up to here. */
  readonly keep: boolean;
}

/** Every text that people or programs said in a call, without what the model said itself. */
export function saidTo(call: ModelCall): string {
  const turns = call.turns.filter(({ role }) => role !== 'assistant');
  return [call.system, ...turns.flatMap(({ parts }) => parts.map((part) => (part.kind === 'call' ? '' : part.text)))].join('\n');
}
