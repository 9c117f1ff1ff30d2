import type { SessionEvent } from '../../../core/station/session-event.ts';

/** The one tool that a model is told to call, as the report desk shows it. */
export interface ShownTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
}

/** What was said in a conversation with a model, oldest first; what the model said stays as it came. */
export type Turn =
  | { readonly kind: 'user'; readonly text: string }
  | { readonly kind: 'model'; readonly raw: unknown }
  | { readonly kind: 'result'; readonly id: string; readonly text: string; readonly isError: boolean };

export interface Question {
  readonly model: string;
  /** What it is to keep in mind, whatever it is asked. */
  readonly system: string;
  readonly tool: ShownTool;
  readonly turns: readonly Turn[];
}

/** One answer of a model, understood; words are never read for a report. */
export interface Answered {
  /** What it said, to be shown to it again. */
  readonly raw: unknown;
  /** The first call of a tool; null where it made none. */
  readonly call: { readonly id: string; readonly name: string; readonly input: unknown } | null;
  readonly words: string;
  /** Why it ended: by itself, at the limit of its length, or because it declined. */
  readonly stop: 'end' | 'length' | 'declined';
  readonly model: string | null;
  readonly usage: (SessionEvent & { readonly type: 'usage' }) | null;
}

/** How a kind of model API is asked, by the variables of a workspace that say where it is. Pure. */
export interface Protocol {
  readonly name: 'chat' | 'messages';
  /** Variables of its base and of what stands in for its key. */
  readonly base: string;
  readonly key: string;
  /** Header that the key stands in, and what stands before it there. */
  readonly keyHeader: readonly [name: string, before: string];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  body(question: Question): object;
  /** Null for what is no answer of this kind of API. */
  read(body: unknown): Answered | null;
}
