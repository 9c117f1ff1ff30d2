import type { Keepsake } from './keepsake.ts';

/** One request for an answer of a model, whatever API it came by. */
export interface Conversation {
  /** The name by which the caller asked: an alias of the gateway. */
  readonly alias: string;
  readonly stream: boolean;
  /** Whether a stream is to tell of tokens; the APIs that always do so say true. */
  readonly streamUsage: boolean;
  readonly system: readonly string[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  /** Whether the model may make several calls at once; null where nothing is said. */
  readonly parallelCalls: boolean | null;
  readonly maxTokens: number | null;
  readonly sampling: Sampling;
  /** Null where nothing is said of thinking. */
  readonly thinking: Thinking | null;
  /** Whether the caller is ready for thoughts in the answer. */
  readonly showThoughts: boolean;
  readonly format: Format | null;
}

/** `system` turns are instructions in the midst of the conversation. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly Part[];
}

export type Part = Text | Media | Thought | Call | Result;

export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

/** An image or a document. */
export interface Media {
  readonly kind: 'media';
  readonly type: string;
  readonly source: { readonly kind: 'base64'; readonly data: string } | { readonly kind: 'url'; readonly url: string };
  readonly name: string | null;
}

/** What the model thought before it went on. Without a keepsake nobody can tell whose thought it is. */
export interface Thought {
  readonly kind: 'thought';
  readonly keepsake: Keepsake | null;
}

export interface Call {
  readonly kind: 'call';
  readonly id: string;
  /** The name of its tool in `Conversation.tools`. */
  readonly name: string;
  readonly input: CallInput;
}

/** Arguments as they came: as JSON, or as a text that should be JSON. */
export type CallInput = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'text'; readonly text: string };

export interface Result {
  readonly kind: 'result';
  readonly id: string;
  readonly content: readonly (Text | Media)[];
  readonly isError: boolean;
}

export interface Tool {
  /** Unique among the tools of a conversation. */
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments; null for none. */
  readonly parameters: unknown;
  readonly strict: boolean | null;
  readonly origin: Origin;
}

/** What a tool is in the caller's words. A `custom` tool takes one free text, here the member `input`. */
export type Origin =
  | { readonly kind: 'function' }
  | { readonly kind: 'custom' }
  | { readonly kind: 'namespace'; readonly namespace: string; readonly name: string; readonly custom: boolean }
  | { readonly kind: 'search' };

export type ToolChoice =
  | { readonly kind: 'free' }
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'tool'; readonly name: string };

export interface Sampling {
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly stop: readonly string[];
  readonly seed: number | null;
  readonly presencePenalty: number | null;
  readonly frequencyPenalty: number | null;
}

export const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof efforts)[number];

export type Thinking = { readonly kind: 'off' } | { readonly kind: 'on'; readonly effort: Effort | null; readonly budget: number | null };

export type Format =
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly name: string; readonly schema: unknown; readonly strict: boolean | null };
