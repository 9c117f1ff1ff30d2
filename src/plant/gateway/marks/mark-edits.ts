import { elementStarts, type Span, topLevel } from '../body/top-level.ts';
import type { Edit } from './edits.ts';

const mark = '"cache_control":{"type":"ephemeral"}';
const [quote, openBracket, closeBrace, comma] = [0x22, 0x5b, 0x7d, 0x2c];

/**
 * Where marks of the cache go in a request of the Messages API that has none: on the last tool, at the end of the instructions and of the
 * last turn of the user; three of the four that the API takes, none on a thought or an empty text, which it refuses.
 */
export function markEdits(body: Buffer, members: ReadonlyMap<string, Span>): readonly Edit[] {
  const [tools, system, messages] = ['tools', 'system', 'messages'].map((name) => members.get(name));
  return [
    ...(tools === undefined ? [] : lastOf(elementsOf(body, tools), (tool) => toolMark(body, tool))),
    ...(system === undefined ? [] : contentMark(body, system)),
    ...(messages === undefined ? [] : lastOf(elementsOf(body, messages), (message) => turnMark(body, message))),
  ];
}

/** The change of the last element that takes one; none where none does. */
function lastOf(elements: readonly Span[], markOf: (element: Span) => readonly Edit[]): readonly Edit[] {
  for (const element of elements.toReversed()) {
    const edits = markOf(element);
    if (edits.length > 0) return edits;
  }
  return [];
}

/** A tool that is loaded later takes no mark. */
function toolMark(body: Buffer, tool: Span): readonly Edit[] {
  const members = membersOf(body, tool);
  return members === null || members.has('defer_loading') ? [] : objectMark(body, tool);
}

function turnMark(body: Buffer, message: Span): readonly Edit[] {
  const members = membersOf(body, message);
  const role = members?.get('role');
  const content = members?.get('content');
  return role === undefined || content === undefined || textOf(body, role) !== '"user"' ? [] : contentMark(body, content);
}

/** What is said: a text becomes a block, which is the only thing that can be marked. */
function contentMark(body: Buffer, content: Span): readonly Edit[] {
  const { from, to } = content;
  if (body[from] === openBracket) return lastOf(elementsOf(body, content), (block) => blockMark(body, block));
  if (body[from] !== quote || to - from < 3) return [];
  return [
    { at: from, drop: 0, text: '[{"type":"text","text":' },
    { at: to, drop: 0, text: `,${mark}}]` },
  ];
}

function blockMark(body: Buffer, block: Span): readonly Edit[] {
  const members = membersOf(body, block);
  const type = members?.get('type');
  if (members === null || type === undefined || /thinking/.test(textOf(body, type))) return [];
  const text = members.get('text');
  return text !== undefined && text.to - text.from < 3 ? [] : objectMark(body, block);
}

function objectMark(body: Buffer, { to }: Span): readonly Edit[] {
  return body[to - 1] === closeBrace ? [{ at: to - 1, drop: 0, text: `,${mark}` }] : [];
}

function membersOf(body: Buffer, { from, to }: Span): ReadonlyMap<string, Span> | null {
  const found = topLevel(body.subarray(from, to));
  if (found.kind === 'wrong' || found.members.size === 0) return null;
  return new Map([...found.members].map(([name, span]) => [name, { from: from + span.from, to: from + span.to }]));
}

/** The elements of a list, without what stands between them. */
function elementsOf(body: Buffer, list: Span): readonly Span[] {
  const starts = elementStarts(body, list);
  return starts.map((from, at) => {
    // Before the next element, or before the bracket that ends the list.
    let to = starts[at + 1] ?? list.to - 1;
    while (to > from && isBetween(body[to - 1])) to -= 1;
    return { from, to };
  });
}

function isBetween(byte: number | undefined): boolean {
  return byte === comma || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function textOf(body: Buffer, { from, to }: Span): string {
  return body.toString('utf8', from, Math.min(to, from + 40));
}
