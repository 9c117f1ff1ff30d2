import { mayHold, secretShapes } from './secret-shapes.ts';

/**
 * Replaces every known secret in a text by `[redacted:kind]`; what is not a secret keeps its bytes. Takes time in
 * proportion to the text, whatever it holds. Doing it twice changes nothing more.
 *
 * @example
 * redact('https://me:hunter2@example.org/x.git'); // 'https://[redacted:url-credentials]@example.org/x.git'
 */
export function redact(text: string): string {
  let before: string;
  let after = text;
  // A token that ends where another begins shows itself only once its neighbour is gone: go on until nothing moves.
  do {
    before = after;
    after = redactShapes(redactKeyBlocks(before));
  } while (after !== before);
  return after;
}

function redactShapes(text: string): string {
  let out = text;
  for (const shape of secretShapes) {
    const { kind, pattern } = shape;
    if (!mayHold(out, shape)) continue;
    out = out.replace(pattern, (...match: readonly unknown[]) => `${kept(match.at(-1))}[redacted:${kind}]`);
  }
  return out;
}

/** What a shape reads only to know the place, such as the `Authorization:` before a token. */
function kept(groups: unknown): string {
  if (typeof groups !== 'object' || groups === null || !('keep' in groups)) return '';
  return typeof groups.keep === 'string' ? groups.keep : '';
}

const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const keyEnd = '-----END ';
const keyEndLine = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const keyBody = /[A-Za-z0-9+/=\s\\]*/y;
/** An RSA key of 16384 bits is 12 kB. */
const longestKey = 20_000;

// Not one expression: a lazy search for the end line, tried again from every begin line, would be quadratic.
function redactKeyBlocks(text: string): string {
  const parts: string[] = [];
  let done = 0;
  let end = 0;
  for (const begin of text.matchAll(keyBegin)) {
    if (begin.index < done) continue;
    const body = begin.index + begin[0].length;
    if (end !== -1 && end < body) end = text.indexOf(keyEnd, body);
    parts.push(text.slice(done, begin.index), '[redacted:private-key]');
    done = blockEnd(text, body, end);
  }
  return parts.length === 0 ? text : [...parts, text.slice(done)].join('');
}

/** The place after the block; a block that was cut short ends where its body does. */
function blockEnd(text: string, body: number, end: number): number {
  if (end !== -1 && end - body < longestKey) {
    const line = matchAt(keyEndLine, text, end);
    if (line > 0) return end + line;
  }
  return body + matchAt(keyBody, text, body);
}

function matchAt(pattern: RegExp, text: string, at: number): number {
  const sticky = new RegExp(pattern.source, pattern.flags);
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0].length ?? 0;
}
