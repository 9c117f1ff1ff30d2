import type { Wire } from '../driver.ts';
import { splitLines, type Line } from './split-lines.ts';

/** Longest line that is read, in bytes. */
export const longestLine = 4 * 1024 * 1024;
/** Lines that were not understood are told of so often, and then only counted. */
const mostTold = 5;

/**
 * Reads a stream of JSON by lines to its end. A line that is none, or too long, is noticed and passed over. Where no line
 * at all was JSON, though there were some, that is an error of the protocol.
 */
export async function hearLines(
  output: AsyncIterable<Uint8Array>,
  { heard, tell }: Pick<Wire, 'heard' | 'tell'>,
  understand: (line: unknown) => void,
): Promise<void> {
  const lines = splitLines(longestLine);
  const count = { understood: 0, strange: 0 };
  const take = (line: Line): void => {
    const read = readLine(line);
    if (read.kind === 'empty') return;
    if (read.kind === 'json') {
      count.understood += 1;
      return understand(read.value);
    }
    count.strange += 1;
    if (count.strange <= mostTold) tell({ type: 'notice', text: read.why() });
  };
  for await (const chunk of output) {
    heard(chunk);
    lines.add(chunk).forEach(take);
  }
  lines.rest().forEach(take);
  if (count.understood > 0 || count.strange === 0) return;
  const message = `It wrote ${count.strange} ${count.strange === 1 ? 'line' : 'lines'}, none of them in its protocol.`;
  tell({ type: 'error', class: 'protocol', status: null, retryAfterMs: null, message });
}

type Read =
  | { readonly kind: 'json'; readonly value: object }
  | { readonly kind: 'strange'; readonly why: () => string }
  | { readonly kind: 'empty' };

/** Looked at before it is read: a flood of lines that are no JSON is to cost next to nothing. */
function readLine(line: Line): Read {
  if (line.kind === 'too-long') return { kind: 'strange', why: () => `A line of ${line.length} bytes was not read.` };
  const { bytes } = line;
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x0d && byte !== 0x09);
  if (first === undefined) return { kind: 'empty' };
  const value = first === 0x7b ? parsed(bytes.toString('utf8')) : null;
  if (value !== null) return { kind: 'json', value };
  return { kind: 'strange', why: () => `This line is none of its protocol: ${bytes.subarray(0, 200).toString('utf8')}` };
}

/** Bytes that are no UTF-8 become the sign for that. */
function parsed(text: string): object | null {
  try {
    return JSON.parse(text) as object; // it begins with a brace
  } catch {
    // What is no JSON is told of as any other strange line.
    return null;
  }
}
