import { stringEnd } from './literals.ts';
import { type References, referencesOf } from './references.ts';
import { type Foothold, listEnd, sightOf, type Sight, spaceEnd, valueEnd } from './walk.ts';

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
  /** What lies elsewhere, and is read there by its provider. */
  readonly references: References;
}

/** `message` says what is wrong, for the caller. */
export type Scanned = ({ readonly kind: 'object' } & TopLevel) | { readonly kind: 'wrong'; readonly message: string };

const [quote, comma, colon, openBrace, closeBrace] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d];

/** A look at a body that began as another one did: up to a foothold all is known. */
export interface Underway {
  readonly foothold: Foothold;
  /** The list that it lies in, and the members before that one. */
  readonly name: string;
  readonly members: Map<string, Span>;
}

/**
 * Finds the top-level members of a JSON object in its bytes. Nothing is parsed but names: what lies within is only walked over, as strictly as a parser would,
 * so that a body of megabytes costs little and leaves as it came.
 *
 * @example
 * topLevel(Buffer.from('{"model":"coder"}')).members.get('model'); // { from: 9, to: 16 }
 */
export function topLevel(body: Buffer, sight = sightOf([]), underway: Underway | null = null): Scanned {
  const members = underway?.members ?? new Map<string, Span>();
  let at = spaceEnd(body, 0);
  if (body[at] !== openBrace) return wrong('The body is no JSON object.');
  at = spaceEnd(body, at + 1);
  if (body[at] === closeBrace) return ended(body, at + 1, members, sight);
  let value = underway === null ? valueAt(body, at, members) : { name: underway.name, from: underway.foothold.list };
  let known = underway?.foothold ?? null;
  for (;;) {
    if (typeof value === 'string') return wrong(value);
    const { name, from } = value;
    const to: number = known === null ? valueEnd(body, from, sight) : listEnd(body, known, sight);
    known = null;
    if (to === -1) return wrong(`The body is no JSON: the value at byte ${from} is none, or has no end.`);
    members.set(name, { from, to });
    // The body itself may be what is to be kept.
    if (name === 'cache_control') sight.cacheControl = true;
    at = spaceEnd(body, to);
    if (body[at] === closeBrace) return ended(body, at + 1, members, sight);
    if (body[at] !== comma) return wrong(`The body is no JSON: neither a comma nor an end at byte ${at}.`);
    value = valueAt(body, spaceEnd(body, at + 1), members);
  }
}

/** The name of a member and where its value begins; or what is wrong with it. */
function valueAt(body: Buffer, at: number, members: ReadonlyMap<string, Span>): { readonly name: string; readonly from: number } | string {
  if (body[at] !== quote) return `The body is no JSON: a name is missing at byte ${at}.`;
  const nameEnd = stringEnd(body, at);
  const name = nameEnd === -1 ? null : nameOf(body, at, nameEnd);
  if (name === null) return `The body is no JSON: a name that is none at byte ${at}.`;
  if (members.has(name)) return `The body has "${name.slice(0, 80)}" twice.`;
  const colonAt = spaceEnd(body, nameEnd);
  if (body[colonAt] !== colon) return `The body is no JSON: no colon at byte ${colonAt}.`;
  return { name, from: spaceEnd(body, colonAt + 1) };
}

/** Where the elements of a list begin; none for what is no list. */
export function elementStarts(body: Buffer, { from }: Span): readonly number[] {
  const starts: number[] = [];
  valueEnd(body, from, sightOf(starts));
  return starts;
}

/** The byte after the value that begins here; -1 where the body ends before it does. */
export function endOfValue(body: Buffer, from: number): number {
  return valueEnd(body, from, sightOf());
}

function ended(body: Buffer, at: number, members: ReadonlyMap<string, Span>, sight: Sight): Scanned {
  if (spaceEnd(body, at) < body.length) return wrong(`The body is no JSON: more comes after its end at byte ${at}.`);
  const { elements, images, imageBytes, cacheControl, hour, keepsakes, referring } = sight;
  const cache = !cacheControl ? 'none' : hour ? '1h' : '5m';
  return { kind: 'object', members, elements: elements ?? [], images, imageBytes, cache, keepsakes, references: referencesOf(referring) };
}

function wrong(message: string): Scanned {
  return { kind: 'wrong', message };
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
