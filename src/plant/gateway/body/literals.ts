const [quote, backslash, space, minus, plus, dot, zero, nine] = [0x22, 0x5c, 0x20, 0x2d, 0x2b, 0x2e, 0x30, 0x39];

/** The byte after the quote that ends a text; -1 where none does, or where a parser would stop within it. */
export function stringEnd(body: Buffer, from: number): number {
  for (let at = from + 1; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    // Most letters lie behind all that matters here.
    if (byte > backslash) continue;
    if (byte === quote) return at + 1;
    if (byte < space) return -1;
    if (byte !== backslash) continue;
    const end = escapeEnd(body, at + 1);
    if (end === -1) return -1;
    at = end - 1;
  }
  return -1;
}

const oneByte: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const unicode = 0x75;

/** The byte after an escape, from the one behind its backslash; -1 where it is none. */
function escapeEnd(body: Buffer, at: number): number {
  const byte = body[at] ?? 0;
  if (oneByte.has(byte)) return at + 1;
  if (byte !== unicode) return -1;
  for (let digit = at + 1; digit <= at + 4; digit += 1) if (!isHex(body[digit] ?? 0)) return -1;
  return at + 5;
}

function isHex(byte: number): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}

const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/** The byte after a number or a word; -1 where it is none, or where the body ends with it. */
export function scalarEnd(body: Buffer, from: number): number {
  const word = words.find((one) => one[0] === body[from]);
  const end = word === undefined ? numberEnd(body, from) : begins(body, from, word) ? from + word.length : -1;
  return end < body.length ? end : -1;
}

/** Whether bytes begin as a text does. Byte by byte: nearly all differ in the first ones. */
export function begins(body: Buffer, from: number, text: Buffer): boolean {
  for (let at = 0; at < text.length; at += 1) if (body[from + at] !== text[at]) return false;
  return true;
}

function numberEnd(body: Buffer, from: number): number {
  const first = body[from] === minus ? from + 1 : from;
  let at = body[first] === zero ? first + 1 : digitsEnd(body, first);
  if (at !== -1 && body[at] === dot) at = digitsEnd(body, at + 1);
  if (at === -1 || ((body[at] ?? 0) | 0x20) !== 0x65) return at;
  const sign = body[at + 1];
  return digitsEnd(body, sign === plus || sign === minus ? at + 2 : at + 1);
}

/** The byte after digits; -1 where there are none. */
function digitsEnd(body: Buffer, from: number): number {
  let at = from;
  while (isDigit(body[at])) at += 1;
  return at === from ? -1 : at;
}
