import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';

/** What in a document is meant: the name of the last member of the path, what stands there, or what should. */
export interface Pointer {
  readonly path: readonly PropertyKey[];
  readonly at: 'key' | 'value' | 'absence';
}

/** Finds where in the text a pointer leads: to a key or its value, or the nearest place around it that exists. */
export function offsetOf(document: Document, { path, at }: Pointer): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1;
    const member = memberOf(node, part);
    if (member === null) return offset;
    const place = last && at === 'key' ? member.key : member.value;
    offset = startOf(place) ?? startOf(member.key) ?? offset;
    node = member.value;
  }
  return offset;
}

interface Member {
  readonly key: unknown;
  readonly value: unknown;
}

function memberOf(node: unknown, part: PropertyKey): Member | null {
  if (isSeq(node) && typeof part === 'number') return { key: null, value: node.items[part] };
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part));
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}
