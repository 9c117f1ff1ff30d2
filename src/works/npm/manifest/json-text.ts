/** A JSON value and where it stands in its text; `end` is the offset behind it. */
export type JsonNode =
  | { readonly kind: 'object'; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar'; readonly start: number; readonly end: number };

export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: JsonNode;
}

export type JsonRead =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly line: number; readonly column: number; readonly message: string };

/** Reads JSON, with a byte order mark if need be; a fault says where, and names merge conflict markers for what they are. */
export function readJson(text: string): JsonRead {
  try {
    return { kind: 'value', value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch {
    const conflict = /^<{7}( |$)/m.exec(text);
    const { offset, message } = conflict ? { offset: conflict.index, message: 'a merge conflict marker' } : faultOf(text);
    const before = text.slice(0, offset).split(/\r\n|\n/);
    return { kind: 'fault', line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  }
}

/** Finds every value of valid JSON in its text. Throws a SyntaxError for text that is none. */
export function locateJson(text: string): JsonNode {
  const scan: Scan = { text, at: text.startsWith('\uFEFF') ? 1 : 0 };
  const root = readValue(scan, 0);
  if (nextChar(scan) !== '') throw new JsonFault(scan.at, `${shown(scan)} after the end of the document`);
  return root;
}

interface Scan {
  readonly text: string;
  at: number;
}

class JsonFault extends SyntaxError {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

function faultOf(text: string): { readonly offset: number; readonly message: string } {
  try {
    locateJson(text);
    return { offset: 0, message: 'text that is no JSON' };
  } catch (error) {
    return error instanceof JsonFault ? error : { offset: 0, message: 'text that is no JSON' };
  }
}

const deepest = 500;

function readValue(scan: Scan, depth: number): JsonNode {
  if (depth > deepest) throw new JsonFault(scan.at, `more than ${deepest} levels of nesting`);
  const char = nextChar(scan);
  if (char === '{') return readObject(scan, depth);
  if (char === '[') return readArray(scan, depth);
  const start = scan.at;
  const value =
    /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;
  value.lastIndex = start;
  if (!value.test(scan.text)) throw new JsonFault(start, `${shown(scan)} instead of a value`);
  scan.at = value.lastIndex;
  return { kind: 'scalar', start, end: scan.at };
}

function readObject(scan: Scan, depth: number): JsonNode {
  const start = scan.at;
  const members: JsonMember[] = [];
  readList(scan, '}', () => {
    if (nextChar(scan) !== '"') throw new JsonFault(scan.at, `${shown(scan)} instead of a key`);
    const key = readValue(scan, depth);
    if (nextChar(scan) !== ':') throw new JsonFault(scan.at, `${shown(scan)} instead of ":"`);
    scan.at += 1;
    const name = String(JSON.parse(scan.text.slice(key.start, key.end)));
    members.push({ key: name, keyStart: key.start, keyEnd: key.end, value: readValue(scan, depth + 1) });
  });
  return { kind: 'object', start, end: scan.at, members };
}

function readArray(scan: Scan, depth: number): JsonNode {
  const start = scan.at;
  const items: JsonNode[] = [];
  readList(scan, ']', () => items.push(readValue(scan, depth + 1)));
  return { kind: 'array', start, end: scan.at, items };
}

/** Reads from the opening bracket to behind the closing one. */
function readList(scan: Scan, close: string, readItem: () => void): void {
  scan.at += 1;
  if (nextChar(scan) !== close) {
    readItem();
    while (nextChar(scan) === ',') {
      scan.at += 1;
      readItem();
    }
  }
  if (nextChar(scan) !== close) throw new JsonFault(scan.at, `${shown(scan)} instead of "," or "${close}"`);
  scan.at += 1;
}

/** Moves to the next character that is no space and gives it; '' at the end. */
function nextChar(scan: Scan): string {
  const space = /[ \t\r\n]*/y;
  space.lastIndex = scan.at;
  space.test(scan.text);
  scan.at = space.lastIndex;
  return scan.text.charAt(scan.at);
}

function shown({ text, at }: Scan): string {
  return at >= text.length ? 'the end of the file' : JSON.stringify(text.charAt(at));
}
