import { isSpace, noSight, type Sight, stringEnd, valueEnd } from './walk.ts';

/** Where the value of a top-level member lies in a body: from the first byte to the one after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is known of the bytes of a JSON object without reading it. */
export interface TopLevel {
  readonly members: ReadonlyMap<string, Span>;
  /** Where the elements of its lists begin, in their order. */
  readonly elements: readonly number[];
  /** Texts that are pictures, and their bytes. */
  readonly images: number;
  readonly imageBytes: number;
  /** How long the provider is asked to keep the prompt. Where an hour is named for something else, too much is reserved, which is settled. */
  readonly cache: 'none' | '5m' | '1h';
  /** Whether it may hold thoughts that the gateway packed, because they are of an upstream of another API. */
  readonly keepsakes: boolean;
}

/** `message` says what is wrong, for the caller. */
export type Scanned = ({ readonly kind: 'object' } & TopLevel) | { readonly kind: 'wrong'; readonly message: string };

const [quote, comma, colon, openBrace, closeBrace] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d];

/**
 * Finds the top-level members of a JSON object in its bytes. Nothing is parsed but names: what lies within is only walked over,
 * so that a body of megabytes costs little and leaves as it came.
 *
 * @example
 * topLevel(Buffer.from('{"model":"coder"}')).members.get('model'); // { from: 9, to: 16 }
 */
export function topLevel(body: Buffer): Scanned {
  const members = new Map<string, Span>();
  const sight = noSight([]);
  let at = space(body, 0);
  if (body[at] !== openBrace) return wrong('The body is no JSON object.');
  at = space(body, at + 1);
  if (body[at] === closeBrace) return ended(body, at + 1, members, sight);
  for (;;) {
    if (body[at] !== quote) return wrong(`The body is no JSON: a name is missing at byte ${at}.`);
    const nameEnd = stringEnd(body, at);
    const name = nameEnd === -1 ? null : nameOf(body, at, nameEnd);
    if (name === null) return wrong(`The body is no JSON: a name that is none at byte ${at}.`);
    if (members.has(name)) return wrong(`The body has "${name.slice(0, 80)}" twice.`);
    const colonAt = space(body, nameEnd);
    if (body[colonAt] !== colon) return wrong(`The body is no JSON: no colon at byte ${colonAt}.`);
    const from = space(body, colonAt + 1);
    const to = valueEnd(body, from, sight);
    if (to === -1) return wrong(`The body is no JSON: it ends within the value at byte ${from}.`);
    members.set(name, { from, to });
    // The body itself may be what is to be kept.
    if (name === 'cache_control') sight.cacheControl = true;
    at = space(body, to);
    if (body[at] === closeBrace) return ended(body, at + 1, members, sight);
    if (body[at] !== comma) return wrong(`The body is no JSON: neither a comma nor an end at byte ${at}.`);
    at = space(body, at + 1);
  }
}

/** Where the elements of a list begin; none for what is no list. */
export function elementStarts(body: Buffer, { from }: Span): readonly number[] {
  const starts: number[] = [];
  valueEnd(body, from, noSight(starts));
  return starts;
}

/** The byte after the value that begins here; -1 where the body ends before it does. */
export function endOfValue(body: Buffer, from: number): number {
  return valueEnd(body, from, noSight());
}

function ended(body: Buffer, at: number, members: ReadonlyMap<string, Span>, sight: Sight): Scanned {
  if (space(body, at) < body.length) return wrong(`The body is no JSON: more comes after its end at byte ${at}.`);
  const { elements, images, imageBytes, cacheControl, hour, keepsakes } = sight;
  const cache = !cacheControl ? 'none' : hour ? '1h' : '5m';
  return { kind: 'object', members, elements: elements ?? [], images, imageBytes, cache, keepsakes };
}

function wrong(message: string): Scanned {
  return { kind: 'wrong', message };
}

function space(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && isSpace(body[at])) at += 1;
  return at;
}

/** A name may be written with escapes, and means the same then. */
function nameOf(body: Buffer, from: number, to: number): string | null {
  const text = body.toString('utf8', from, to);
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string; // a text between quotes
  } catch {
    return null;
  }
}
