import type { NewEvent } from '../../core/evidence/event.ts';
import { canonicalJson } from '../../core/base/json.ts';

/** The body with every string in it redacted; keys of objects are ours and stay. */
export function redactBody(event: NewEvent, redact: (text: string) => string): NewEvent {
  const body: unknown = redactStrings(event.body, redact);
  return { ...event, body: body as NewEvent['body'] }; // same shape: strings were replaced by strings
}

/**
 * JSON that `jsonb` takes: it has no NUL and no half of a surrogate pair, so these become the replacement character.
 * Only the copy for queries is changed, never the text that is hashed.
 */
export function queryJson(value: unknown): string {
  return canonicalJson(value).replaceAll(/\\(u0000|u[dD][89a-fA-F][\da-fA-F]{2}|.)/g, (escape, what: string) =>
    what.length === 5 ? '\\ufffd' : escape,
  );
}

function redactStrings(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactStrings(item, redact)]));
}
