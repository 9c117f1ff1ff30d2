import { packedPrefix } from '../translate/index.ts';
import { begins, scalarEnd, stringEnd } from './literals.ts';
import { lookAtMember, nothingReferred, type Referring } from './references.ts';

/** What is seen on the way through the bytes of a JSON value. */
export interface Sight extends Seen {
  /** Where the elements of the list begin that the value is; none is taken down where this is null. */
  readonly elements: number[] | null;
  /** Places from which the walk can be gone on with; none is taken down where this is null. */
  readonly footholds: Foothold[] | null;
}

/** A place of the walk, at the first byte of an element of a list: that list's own first byte, and what was seen before. */
export interface Foothold extends Readonly<Seen> {
  readonly at: number;
  readonly list: number;
  /** Elements that had begun, with this one. */
  readonly begun: number;
}

interface Seen {
  /** Texts that are pictures, and their bytes. */
  images: number;
  imageBytes: number;
  /** Whether a member says what a provider is to keep, and whether one of an hour is named. */
  cacheControl: boolean;
  hour: boolean;
  /** Whether a text begins as thoughts do that the gateway packed for a caller to keep. */
  keepsakes: boolean;
  readonly referring: Referring;
}

const unseen: Readonly<Seen> = {
  images: 0,
  imageBytes: 0,
  cacheControl: false,
  hour: false,
  keepsakes: false,
  referring: nothingReferred,
};

/** What is seen before a walk, or before one is gone on with. */
export function sightOf(elements: number[] | null = null, footholds: Foothold[] | null = null, before: Readonly<Seen> = unseen): Sight {
  const { images, imageBytes, cacheControl, hour, keepsakes, referring } = before;
  return { elements, footholds, images, imageBytes, cacheControl, hour, keepsakes, referring: { ...referring } };
}

const [quote, comma, colon] = [0x22, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** A text as long as this that begins as a picture does is the bytes of one. */
const leastImageBytes = 2048;

/** The byte after the value that begins here; -1 where the body ends before it does, or where it is none that a parser would read. */
export function valueEnd(body: Buffer, from: number, sight: Sight): number {
  const byte = body[from];
  if (byte === quote) return textEnd(body, from, sight);
  return byte === openBrace || byte === openBracket ? nestedEnd(body, from, sight) : scalarEnd(body, from);
}

function textEnd(body: Buffer, from: number, sight: Sight): number {
  const end = stringEnd(body, from);
  if (end !== -1) look(body, from, end, sight);
  return end;
}

/** The byte after a list, gone on with within its elements. */
export function listEnd(body: Buffer, { list, at }: Foothold, sight: Sight): number {
  return nestedEnd(body, list, sight, at);
}

/** The byte after a list or an object, from its beginning or from that of one of its elements; -1 where it is none that a parser would read. */
function nestedEnd(body: Buffer, from: number, sight: Sight, element: number | null = null): number {
  const elements = body[from] === openBracket ? sight.elements : null;
  const nesting = new Nesting();
  if (element !== null) nesting.enter(openBracket);
  let at = element ?? from;
  for (;;) {
    const byte = body[at];
    const enters = byte === openBrace || byte === openBracket;
    if (enters) nesting.enter(byte);
    const end = enters ? at + 1 : byte === quote ? textEnd(body, at, sight) : scalarEnd(body, at);
    if (end === -1) return -1;
    at = spaceEnd(body, end);
    let isEmpty = enters;
    while (body[at] === nesting.closer) {
      nesting.leave();
      if (nesting.depth === 0) return at + 1;
      at = spaceEnd(body, at + 1);
      isEmpty = false;
    }
    if (!isEmpty) {
      if (body[at] !== comma) return -1;
      at = spaceEnd(body, at + 1);
    }
    if (nesting.closer === closeBrace) {
      at = memberValue(body, at, sight);
      if (at === -1) return -1;
    } else if (elements !== null && nesting.depth === 1) beginElement(at, from, sight);
  }
}

/** Where the value of a member begins, whose name is looked at on the way; -1 where there is none. */
function memberValue(body: Buffer, from: number, sight: Sight): number {
  const to = body[from] === quote ? textEnd(body, from, sight) : -1;
  const colonAt = to === -1 ? -1 : spaceEnd(body, to);
  if (body[colonAt] !== colon) return -1;
  const valueAt = spaceEnd(body, colonAt + 1);
  lookAtMember(sight.referring, body, { from, to, valueAt });
  return valueAt;
}

/** The lists and objects that a place lies in: a byte each, as somebody may send millions. */
class Nesting {
  /** The byte that ends the innermost one. */
  closer = 0;
  depth = 0;
  #closers = new Uint8Array(64);

  enter(opener: number): void {
    if (this.depth === this.#closers.length) {
      const more = new Uint8Array(2 * this.depth);
      more.set(this.#closers);
      this.#closers = more;
    }
    this.closer = opener === openBrace ? closeBrace : closeBracket;
    this.#closers[this.depth] = this.closer;
    this.depth += 1;
  }

  leave(): void {
    this.depth -= 1;
    this.closer = this.#closers[this.depth - 1] ?? 0;
  }
}

/** Footholds are so far apart: to take one down costs as much as some of these bytes. */
const apartBytes = 4096;

function beginElement(at: number, list: number, sight: Sight): void {
  const { elements, footholds, images, imageBytes, cacheControl, hour, keepsakes, referring } = sight;
  elements?.push(at);
  if (footholds === null || elements === null || at - (footholds.at(-1)?.at ?? 0) < apartBytes) return;
  footholds.push({ at, list, begun: elements.length, images, imageBytes, cacheControl, hour, keepsakes, referring: { ...referring } });
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The first byte from here that is no space. */
export function spaceEnd(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && isSpace(body[at])) at += 1;
  return at;
}

const cacheControl = Buffer.from('"cache_control"');
const hour = Buffer.from('"1h"');
const keepsake = Buffer.from(`"${packedPrefix}`);

/** Takes down what a text is, as far as its first bytes tell. */
function look(body: Buffer, from: number, to: number, sight: Sight): void {
  const length = to - from;
  if (length === cacheControl.length) sight.cacheControl ||= begins(body, from, cacheControl);
  else if (length === hour.length) sight.hour ||= begins(body, from, hour);
  else if (length > keepsake.length) {
    sight.keepsakes ||= begins(body, from, keepsake);
    // Of pages nobody knows how many there are until they are unpacked.
    if (pages.some((page) => begins(body, from, page))) sight.referring.unbounded = true;
    if (length <= leastImageBytes || !isImage(body, from + 1)) return;
    sight.images += 1;
    sight.imageBytes += length;
  }
}

const pages = ['"JVBERi', '"data:application/pdf'].map((text) => Buffer.from(text));
/** As pictures begin whose kind providers take: PNG, JPEG, GIF, WebP, BMP, HEIC and AVIF. */
const picture =
  /^(?:data:image\/[\w.+-]+;base64,|iVBORw0KGgo|[/_]9j[/_]|R0lGOD|UklGR.{7}RUJQ|Qk.{6}AAAA|AAAA..Z0eXB(?:hdmlm|oZWlj|oZWl4|taWYx))[A-Za-z0-9+/_-]*$/;

function isImage(body: Buffer, from: number): boolean {
  return picture.test(body.toString('latin1', from, from + 512));
}
