import type { Asked } from './conversation/dialect.ts';
import type { Origin } from './conversation/conversation.ts';
import { keptStops } from './conversation/kept-stops.ts';
import { keepRemarks } from './conversation/remarks.ts';
import type { Upstream } from './conversation/upstream.ts';
import { dialects, outbound } from './dialects.ts';
import type { Members, Protocol, Tongue } from './protocol.ts';
import { repaired } from './repair/repair.ts';

export interface ToTranslate {
  /** What the caller speaks. */
  readonly from: Protocol;
  /** What the upstream speaks: another API than the caller. */
  readonly to: Tongue;
  readonly body: unknown;
  /** What the address says of the request. */
  readonly asked: Asked;
  readonly upstream: Upstream;
}

export type Translation = TranslatedCall | { readonly kind: 'refused'; readonly message: string };

export interface TranslatedCall {
  readonly kind: 'call';
  /** The request to the upstream. */
  readonly body: Members;
  readonly stream: boolean;
  /** What the upstream was not told, for the record. */
  readonly leftOut: readonly string[];
  /** What must be known to translate the answer. */
  readonly reply: ReplyTerms;
}

/** How the answer to one call is to be translated. */
export interface ReplyTerms {
  readonly from: Protocol;
  readonly to: Tongue;
  readonly family: string;
  readonly alias: string;
  readonly stream: boolean;
  readonly streamUsage: boolean;
  readonly showThoughts: boolean;
  /** Texts at which the gateway ends the answer, because the upstream does not. */
  readonly stops: readonly string[];
  /** The tool's own name by the one that the model was told. */
  readonly ownName: (told: string) => string;
  readonly originOf: (name: string) => Origin;
}

/**
 * Puts a request of one API into the words of another. What would change its meaning is refused with a sentence for the
 * caller; what the answer can do without is left out, and named.
 */
export function translate({ from, to, body, asked, upstream }: ToTranslate): Translation {
  const remarks = keepRemarks();
  const read = dialects[from].read(body, asked, remarks);
  if (read === null || remarks.refusals.length > 0) return refused(remarks.refusals);
  const { conversation, names } = repaired(read, to, upstream, remarks);
  if (conversation.turns.length === 0 && remarks.refusals.length === 0)
    return refused([`Nothing is left to ask: ${[...remarks.leftOut].join(', ') || 'no message says anything'}.`]);
  const written = outbound[to].write(conversation, upstream, remarks);
  if (remarks.refusals.length > 0) return refused(remarks.refusals);
  const origins = new Map(read.tools.map(({ name, origin }) => [name, origin]));
  const { alias, stream, streamUsage, showThoughts } = read;
  const originOf = (name: string): Origin => origins.get(name) ?? { kind: 'function' };
  const stops = keptStops(read, to, upstream);
  const reply = { from, to, family: upstream.family, alias, stream, streamUsage, showThoughts, stops, ownName: names.ownName, originOf };
  return { kind: 'call', body: written, stream, leftOut: [...remarks.leftOut], reply };
}

function refused(refusals: readonly string[]): Translation {
  return { kind: 'refused', message: [...new Set(refusals)].join(' ') };
}
