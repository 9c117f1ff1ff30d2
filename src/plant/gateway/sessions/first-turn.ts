import { endOfValue, type Span } from '../body/top-level.ts';

/** A conversation that says nothing of a user within so many bytes begins with whatever it begins with. */
const mostBytes = 64 * 1024;
/** Bytes of a text that are looked at: sessions that differ only behind that share a place, and nothing else. */
export const mostText = 512;
const mostNamed = 2048;
/** `{"role":"user","content":[{"type":"text","text":""}]}` and no more. */
const leastTurn = 52;
const [quote, openBracket, closeBracket] = [0x22, 0x5b, 0x5d];

/**
 * The text of the first turn in a conversation that is no instruction: it stays the same in every request of a session, wherever marks of
 * the cache are put meanwhile.
 */
export function firstTurn(body: Buffer, history: Span): Span {
  if (body[history.from] !== openBracket) return textAt(body, history);
  const most = Math.min(history.to, history.from + mostBytes);
  for (let from = valueFrom(body, history.from + 1); from < most && body[from] !== closeBracket;) {
    if (!isInstruction(body, from, history.to)) return textAt(body, { from, to: history.to });
    const end = endOfValue(body, from);
    from = end === -1 ? most : valueFrom(body, end);
  }
  return { from: history.from, to: history.from };
}

/** The first text of a value: of a string, or of what `"text"` or `"content"` name in it; the beginning of a value that has none. */
export function textAt(body: Buffer, { from, to }: Span): Span {
  if (body[from] === quote) return { from, to: endNear(body, from, to) };
  // Looked through no further than a name may lie from the beginning, or the whole body would be, with every call.
  const window = body.subarray(from, Math.min(to, from + mostNamed));
  const texts = ['"text"', '"content"'].map((name) => textOf(body, name, { window, from })).filter((at) => at !== -1);
  const found = texts.length === 0 ? from : Math.min(...texts);
  const begin = isWithin(body, { from, to: from + window.length }, found) ? found : from;
  return { from: begin, to: endNear(body, begin, to) };
}

/** Whether a place lies in the value that begins a window. Nothing that a user says ends before its first bytes. */
function isWithin(body: Buffer, { from, to }: Span, at: number): boolean {
  if (at - from < leastTurn) return true;
  const end = endOfValue(body.subarray(0, to), from);
  return end === -1 || at < end;
}

/** Where the first string of that name begins in a window of a body; -1 where there is none. */
function textOf(body: Buffer, name: string, { window, from }: { readonly window: Buffer; readonly from: number }): number {
  for (let at = window.indexOf(name); at !== -1; at = window.indexOf(name, at + 1)) {
    const value = valueOf(body, from + at + name.length);
    if (value !== -1 && body[value] === quote) return value;
  }
  return -1;
}

/** Where a value ends, or where it has said enough. */
function endNear(body: Buffer, from: number, to: number): number {
  const most = Math.min(to, from + mostText);
  const end = endOfValue(body.subarray(0, most), from);
  return end === -1 ? most : end;
}

/** Where the value of a name begins; -1 where that was no name. */
function valueOf(body: Buffer, after: number): number {
  let at = after;
  while (isBetween(body[at]) && body[at] !== 0x2c) {
    if (body[at] === 0x3a) return valueFrom(body, at + 1);
    at += 1;
  }
  return -1;
}

function valueFrom(body: Buffer, from: number): number {
  let at = from;
  while (isBetween(body[at])) at += 1;
  return at;
}

/** Space, comma or colon. */
function isBetween(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c || byte === 0x3a;
}

function isInstruction(body: Buffer, from: number, to: number): boolean {
  const [, role] = /"role"\s*:\s*"(\w+)"/.exec(body.toString('latin1', from, Math.min(to, from + 200))) ?? [];
  return role === 'system' || role === 'developer';
}
