import type { z } from 'zod';
import type { Actor } from '../../core/gate/answer.ts';
import type { Factory } from '../../core/ports/factory.ts';

/**
 * Who may use a route: `anyone` without a token, any `holder` of one, agents too, a `person` where something is decided,
 * set, lifted or cancelled, and an `admin` (a person with the role "admin" or "*") for tokens themselves.
 */
export type Who = 'anyone' | 'holder' | 'person' | 'admin';

/** One request, as a route sees it. */
export interface Call {
  readonly factory: Factory;
  readonly version: string;
  readonly actor: Actor;
  param(name: string): string;
  /** null where it is not given; unknown names never come so far. */
  query(name: string): string | null;
  header(name: string): string | null;
  /** Makes a body of text that comes bit by bit, and ends when the server stops or the caller's token is removed. */
  stream(text: (signal: AbortSignal) => AsyncGenerator<string>): ReadableStream<Uint8Array>;
}

export type Reply =
  | { readonly kind: 'document'; readonly status: 200 | 201 | 202; readonly document: object }
  | { readonly kind: 'stream'; readonly mediaType: string; readonly body: ReadableStream<Uint8Array> };

/** One way in: what it is called, who may use it, what it takes, what it does. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As the router reads it: '/v1/runs/:run', '/v1/gates/:gate{.+}'. */
  readonly path: string;
  readonly who: Who;
  /** For the documents: 'cancels a run'. */
  readonly does: string;
  readonly queries: readonly string[];
  /** Form of the body; null for a route that reads none. */
  readonly body: z.ZodObject | null;
  handle(call: Call, body: unknown): Promise<Reply>;
}

type Named = Pick<Route, 'method' | 'path' | 'who' | 'does'>;

/** A route without a body. */
export function reads(named: Named & { readonly queries?: readonly string[] }, handle: (call: Call) => Promise<Reply>): Route {
  return { queries: [], ...named, body: null, handle };
}

/** A route whose body has a form. */
export function takes<Form extends z.ZodObject>(
  named: Named & { readonly body: Form },
  handle: (call: Call, body: z.output<Form>) => Promise<Reply>,
): Route {
  // The body was read by this very form.
  return { queries: [], ...named, handle: (call, body) => handle(call, body as z.output<Form>) };
}

export function reply(document: object, status: 200 | 201 | 202 = 200): Reply {
  return { kind: 'document', status, document };
}
