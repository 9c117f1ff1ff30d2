import { packedPrefix } from '../translate/index.ts';

/** What is seen on the way through the bytes of a JSON value. */
export interface Sight {
  /** Where the elements of the list begin that the value is; none is taken down where this is null. */
  readonly elements: number[] | null;
  /** Texts that are pictures, and their bytes. */
  images: number;
  imageBytes: number;
  /** Whether a member says what a provider is to keep, and whether one of an hour is named. */
  cacheControl: boolean;
  hour: boolean;
  /** Whether a text begins as thoughts do that the gateway packed for a caller to keep. */
  keepsakes: boolean;
}

export function noSight(elements: number[] | null = null): Sight {
  return { elements, images: 0, imageBytes: 0, cacheControl: false, hour: false, keepsakes: false };
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** A text as long as this, without any space, is the bytes of a picture. */
const leastImageBytes = 2048;

/** The byte after the value that begins here; -1 where the body ends before it does, or where none begins. */
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

/** Of a number, or of a word. */
function scalarEnd(body: Buffer, from: number): number {
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte)) return at === from ? -1 : at;
    if (byte === quote || byte === openBrace || byte === openBracket) return -1;
  }
  return -1;
}

function nestedEnd(body: Buffer, from: number, sight: Sight): number {
  const elements = body[from] === openBracket ? sight.elements : null;
  let depth = 0;
  let isDue = false;
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at];
    if (isDue && !isSpace(byte)) {
      if (byte !== closeBracket) elements?.push(at);
      isDue = false;
    }
    if (byte === quote) {
      at = textEnd(body, at, sight) - 1;
      if (at < 0) return -1;
    } else if (byte === openBrace || byte === openBracket) {
      isDue = elements !== null && depth === 0;
      depth += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === comma) isDue = elements !== null && depth === 1;
  }
  return -1;
}

/** Bytes that are walked over one by one before a search is worth its call, and the most of them where searches find the next at once. */
const strideBytes = 48;
const mostStride = 4096;

/**
 * The byte after the quote that ends a text; -1 where none does. Texts of code are full of quotes of their own, which are passed over
 * one by one; where none comes for a while, the next is searched for.
 */
export function stringEnd(body: Buffer, from: number): number {
  let at = from + 1;
  let stride = strideBytes;
  for (;;) {
    for (const stop = Math.min(at + stride, body.length); at < stop; at += 1) {
      const byte = body[at];
      if (byte === quote) return at + 1;
      if (byte === backslash) at += 1;
    }
    const found = at < body.length ? body.indexOf(quote, at) : -1;
    if (found === -1) return -1;
    let slashes = 0;
    while (found - 1 - slashes >= at && body[found - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return found + 1;
    stride = found - at < 4 * strideBytes ? Math.min(4 * stride, mostStride) : strideBytes;
    at = found + 1;
  }
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
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
    if (length <= leastImageBytes || !isImage(body, from + 1)) return;
    sight.images += 1;
    sight.imageBytes += length;
  }
}

function begins(body: Buffer, from: number, text: Buffer): boolean {
  // Byte by byte: nearly all differ in the first ones.
  for (let at = 0; at < text.length; at += 1) if (body[from + at] !== text[at]) return false;
  return true;
}

function isImage(body: Buffer, from: number): boolean {
  return /^(?:data:[a-z]+\/[\w.+-]+;base64,)?[A-Za-z0-9+/_-]+$/.test(body.toString('latin1', from, from + 512));
}
