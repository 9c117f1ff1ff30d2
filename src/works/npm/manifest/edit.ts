import { locateJson, type JsonNode } from './json-text.ts';
import type { Section } from './manifest.ts';

/**
 * Writes a dependency's text into a manifest and leaves every other byte as it is.
 * The dependency must be there; a text without it comes back unchanged.
 *
 * @example
 * setRange(text, { section: 'dependencies', name: 'ms' }, '^2.1.3');
 */
export function setRange(text: string, place: { readonly section: Section; readonly name: string }, range: string): string {
  const found = find(locateJson(text), [place.section, place.name]);
  return found ? replace(text, found, JSON.stringify(range)) : text;
}

/**
 * Writes an override, with the objects around it where they are missing, in the file's own indentation.
 * An override of the package that stands on the way is kept as the "." of its object.
 *
 * @example
 * setOverride(text, ['parent', 'child'], '1.2.6'); // "overrides": { "parent": { "child": "1.2.6" } }
 */
export function setOverride(text: string, path: readonly string[], version: string): string {
  return setMember(text, ['overrides', ...path], version);
}

function setMember(text: string, path: readonly string[], version: string): string {
  const root = locateJson(text);
  const found = find(root, path);
  if (found?.kind === 'object') return setMember(text, [...path, '.'], version);
  if (found) return replace(text, found, JSON.stringify(version));
  const depth = path.findIndex((_, at) => find(root, path.slice(0, at + 1)) === null);
  const host = find(root, path.slice(0, depth)) ?? root;
  if (host.kind !== 'object') {
    const own = { '.': JSON.parse(text.slice(host.start, host.end)) as unknown };
    return setMember(replace(text, host, written(text, root, { value: own, depth })), path, version);
  }
  const value = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), version);
  return append(text, { host, root, depth }, { key: path[depth] ?? '', value });
}

/** Adds a member behind the last one of an object that stands `depth` levels deep. */
function append(
  text: string,
  { host, root, depth }: { readonly host: JsonNode & { kind: 'object' }; readonly root: JsonNode; readonly depth: number },
  { key, value }: { readonly key: string; readonly value: unknown },
): string {
  const { indent, newline, colon } = styleOf(text, root);
  const lead = indent === '' ? '' : newline + indent.repeat(depth + 1);
  const member = `${lead}${JSON.stringify(key)}${colon}${written(text, root, { value, depth: depth + 1 })}`;
  const last = host.members.at(-1);
  if (last) return `${text.slice(0, last.value.end)},${member}${text.slice(last.value.end)}`;
  const tail = indent === '' ? '' : newline + indent.repeat(depth);
  return `${text.slice(0, host.start)}{${member}${tail}}${text.slice(host.end)}`;
}

function written(text: string, root: JsonNode, { value, depth }: { readonly value: unknown; readonly depth: number }): string {
  const { indent, newline } = styleOf(text, root);
  if (indent === '') return JSON.stringify(value);
  return JSON.stringify(value, null, indent).replaceAll('\n', newline + indent.repeat(depth));
}

/** How the file is written; `indent` is '' for a file on one line. */
function styleOf(text: string, root: JsonNode): { readonly indent: string; readonly newline: string; readonly colon: string } {
  const first = root.kind === 'object' ? root.members[0] : undefined;
  const space = first ? text.slice(root.start + 1, first.keyStart) : '';
  const newline = space.includes('\r\n') ? '\r\n' : '\n';
  const indent = space.includes('\n') ? space.slice(space.lastIndexOf('\n') + 1) || '  ' : '';
  return { indent, newline, colon: first ? text.slice(first.keyEnd, first.value.start) : ':' };
}

/** The value at a path; the last of equal keys, because that is the one that counts. */
function find(root: JsonNode, path: readonly string[]): JsonNode | null {
  return path.reduce<JsonNode | null>((node, key) => {
    return node?.kind === 'object' ? (node.members.findLast((member) => member.key === key)?.value ?? null) : null;
  }, root);
}

function replace(text: string, { start, end }: JsonNode, json: string): string {
  return text.slice(0, start) + json + text.slice(end);
}
