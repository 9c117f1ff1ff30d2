import type { Json } from '../base/json.ts';
import type { AgentErrorClass } from './agent-error.ts';

/** What a tool does, in the words of the Agent Client Protocol, and three of our own. */
export const toolKinds = [
  'read',
  'edit',
  'delete',
  'move',
  'search',
  'execute',
  'think',
  'fetch',
  'switch-mode',
  'report',
  'subagent',
  'other',
] as const;
export type ToolKind = (typeof toolKinds)[number];

/** What happened in a session of an agent, one shape per type, whatever its harness says of it in its own words. */
export type SessionEvent =
  | { readonly type: 'session.started'; readonly session: string; readonly model: string | null }
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'thought'; readonly text: string }
  | {
      readonly type: 'tool.started';
      readonly id: string;
      readonly name: string;
      readonly kind: ToolKind;
      readonly title: string;
      readonly input: Json;
    }
  | {
      readonly type: 'tool.ended';
      readonly id: string;
      readonly status: 'ok' | 'error' | 'denied' | 'cancelled';
      readonly output: string;
    }
  /** A tool changed a file, as the harness says; what was really changed is harvested. */
  | { readonly type: 'edit'; readonly path: string; readonly tool: string | null }
  | { readonly type: 'plan'; readonly entries: readonly { readonly text: string; readonly status: 'pending' | 'doing' | 'done' }[] }
  | { readonly type: 'permission'; readonly asked: string; readonly answer: 'granted' | 'refused' }
  | ({ readonly type: 'usage' } & TokenUsage)
  | { readonly type: 'retry'; readonly why: string; readonly waitMs: number | null }
  | { readonly type: 'notice'; readonly text: string }
  | {
      readonly type: 'error';
      readonly class: AgentErrorClass;
      /** HTTP status of the model API, where that was it. */
      readonly status: number | null;
      readonly retryAfterMs: number | null;
      readonly message: string;
    }
  /** The harness says that it is done; `said` is its own word for it, which nobody believes. */
  | { readonly type: 'turn.ended'; readonly said: string };

/** Tokens as the harness counts them, in our columns: `input` is always without what came out of a cache. */
export interface TokenUsage {
  /** `session` replaces what was said before of the same session; `call` and `turn` add to it. */
  readonly scope: 'call' | 'turn' | 'session';
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  /** Part of `output`; null where the harness does not tell. */
  readonly reasoning: number | null;
  /** By the harness's own price list, in US dollars; null where it has none. */
  readonly costUsd: number | null;
}
