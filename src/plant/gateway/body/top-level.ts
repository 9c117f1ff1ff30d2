/** Where the value of a top-level member lies in a body: from the first byte to the one after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is known of the bytes of a JSON object without reading it. */
export interface TopLevel {
  readonly members: ReadonlyMap<string, Span>;
  /** Texts that are pictures, and their bytes. */
  readonly images: number;
  readonly imageBytes: number;
}

/** `message` says what is wrong, for the caller. */
export type Scanned = ({ readonly kind: 'object' } & TopLevel) | { readonly kind: 'wrong'; readonly message: string };

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** A text as long as this, without any space, is the bytes of a picture. */
const leastImageBytes = 2048;

/**
 * Finds the top-level members of a JSON object in its bytes. Nothing is parsed but names: what lies within is only walked over,
 * so that a body of megabytes costs little and leaves as it came.
 *
 * @example
 * topLevel(Buffer.from('{"model":"coder"}')).members.get('model'); // { from: 9, to: 16 }
 */
export function topLevel(body: Buffer): Scanned {
  const members = new Map<string, Span>();
  const images = { count: 0, bytes: 0 };
  let at = space(body, 0);
  if (body[at] !== openBrace) return wrong('The body is no JSON object.');
  at = space(body, at + 1);
  if (body[at] === closeBrace) return ended(body, at + 1, { members, images });
  for (;;) {
    if (body[at] !== quote) return wrong(`The body is no JSON: a name is missing at byte ${at}.`);
    const nameEnd = stringEnd(body, at);
    const name = nameEnd === -1 ? null : nameOf(body, at, nameEnd);
    if (name === null) return wrong(`The body is no JSON: a name that is none at byte ${at}.`);
    if (members.has(name)) return wrong(`The body has "${name.slice(0, 80)}" twice.`);
    const colonAt = space(body, nameEnd);
    if (body[colonAt] !== colon) return wrong(`The body is no JSON: no colon at byte ${colonAt}.`);
    const from = space(body, colonAt + 1);
    const to = valueEnd(body, from, images);
    if (to === -1) return wrong(`The body is no JSON: it ends within the value at byte ${from}.`);
    members.set(name, { from, to });
    at = space(body, to);
    if (body[at] === closeBrace) return ended(body, at + 1, { members, images });
    if (body[at] !== comma) return wrong(`The body is no JSON: neither a comma nor an end at byte ${at}.`);
    at = space(body, at + 1);
  }
}

/** Where the elements of a list begin; none for what is no list. */
export function elementStarts(body: Buffer, { from, to }: Span): readonly number[] {
  const starts: number[] = [];
  if (body[from] !== openBracket) return starts;
  for (let at = space(body, from + 1); at < to && body[at] !== closeBracket;) {
    starts.push(at);
    const end = valueEnd(body, at, { count: 0, bytes: 0 });
    const next = end === -1 ? to : space(body, end);
    if (body[next] !== comma) break;
    at = space(body, next + 1);
  }
  return starts;
}

/** The byte after the value that begins here; -1 where the body ends before it does. */
export function endOfValue(body: Buffer, from: number): number {
  return valueEnd(body, from, { count: 0, bytes: 0 });
}

interface Walked {
  readonly members: Map<string, Span>;
  readonly images: { readonly count: number; readonly bytes: number };
}

function ended(body: Buffer, at: number, { members, images }: Walked): Scanned {
  if (space(body, at) < body.length) return wrong(`The body is no JSON: more comes after its end at byte ${at}.`);
  return { kind: 'object', members, images: images.count, imageBytes: images.bytes };
}

function wrong(message: string): Scanned {
  return { kind: 'wrong', message };
}

function space(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && isSpace(body[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Bytes that are walked over one by one before a search is worth its call. */
const strideBytes = 48;

/**
 * The byte after the quote that ends a text; -1 where none does. Texts of code are full of quotes of their own, which are passed over
 * one by one; where none comes for a while, the next is searched for.
 */
function stringEnd(body: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    for (const stop = Math.min(at + strideBytes, body.length); at < stop; at += 1) {
      const byte = body[at];
      if (byte === quote) return at + 1;
      if (byte === backslash) at += 1;
    }
    const found = at < body.length ? body.indexOf(quote, at) : -1;
    if (found === -1) return -1;
    let slashes = 0;
    while (found - 1 - slashes >= at && body[found - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return found + 1;
    at = found + 1;
  }
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

/** The byte after a value; -1 where the body ends before it. */
function valueEnd(body: Buffer, from: number, images: { count: number; bytes: number }): number {
  let depth = 0;
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) {
      const end = stringEnd(body, at);
      if (end === -1) return -1;
      if (end - at > leastImageBytes && isImage(body, at + 1)) {
        images.count += 1;
        images.bytes += end - at;
      }
      if (depth === 0) return end;
      at = end - 1;
    } else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return at === from ? -1 : at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || isSpace(byte))) return at === from ? -1 : at;
  }
  return -1;
}

function isImage(body: Buffer, from: number): boolean {
  return /^(?:data:[a-z]+\/[\w.+-]+;base64,)?[A-Za-z0-9+/_-]+$/.test(body.toString('latin1', from, from + 512));
}
