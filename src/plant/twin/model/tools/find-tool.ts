import type { Json } from '../../../../core/base/json.ts';
import type { ModelCall, Tool } from '../call.ts';

/** What a tool of an agent is good for. */
export type Purpose = 'shell' | 'read' | 'write' | 'edit' | 'patch' | 'search';

/** Names that agents give such tools, in lower case and without marks. */
const names: Readonly<Record<Purpose, readonly string[]>> = {
  shell: words(
    'bash shell execcommand shellcommand runshellcommand runcommand runcommands executecommand execute exec runterminalcommand',
    'runterminalcmd runinterminal terminal localshell containerexec command',
  ),
  read: ['read', 'readfile', 'readfiles', 'view', 'viewfile', 'openfile'],
  write: ['write', 'writefile', 'createfile', 'create', 'writetofile', 'newfile'],
  edit: ['edit', 'replace', 'editfile', 'strreplace', 'searchreplace', 'replaceinfile'],
  patch: ['applypatch'],
  search: ['toolsearch'],
};

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** Finds a tool for a purpose among those that a request offers; null where none is. */
export function toolFor(purpose: Purpose, { tools }: Pick<ModelCall, 'tools'>): Tool | null {
  for (const name of names[purpose]) {
    const found = tools.find((tool) => tool.namespace === null && plain(tool.name) === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** Finds a tool by the end of its name, at a border of words: `report` is `mcp__station__report`, and not `bugreport`. */
export function toolBySuffix(suffix: string, { tools }: Pick<ModelCall, 'tools'>): Tool | null {
  const isIt = endsWith(suffix);
  return tools.find(({ name }) => name === suffix) ?? tools.find(({ name }) => isIt.test(name)) ?? null;
}

/** The full name of a tool that a text speaks of by the end of its name; null where it does not. A `re-report` is none. */
export function nameInText(suffix: string, text: string): string | null {
  const pattern = new RegExp(
    `(?<![\\w/.-])[A-Za-z][A-Za-z0-9]{2,}(?:_{1,3}|[-.])(?:[A-Za-z0-9]+(?:_{1,3}|[-.]))*${escaped(suffix)}(?![\\w-])`,
    'g',
  );
  const found = [...text.matchAll(pattern)].map(([name]) => name);
  return found.find((name) => name.startsWith('mcp')) ?? found[0] ?? null;
}

/** Names of a tool's arguments. */
export function argumentNames(tool: Tool): readonly string[] {
  return Object.keys(membersOf(tool.parameters, 'properties'));
}

/** Schema of one argument of a tool. */
export function argumentSchema(tool: Tool, name: string): Json {
  return membersOf(tool.parameters, 'properties')[name] ?? null;
}

/** The members of an object in a schema; nothing where it is none. */
export function membersOf(schema: Json, name: string): Readonly<Record<string, Json>> {
  const value = memberOf(schema, name);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {}; // an object of JSON
}

export function memberOf(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return (value as Readonly<Record<string, Json>>)[name] ?? null; // an object of JSON
}

function endsWith(suffix: string): RegExp {
  return new RegExp(`(?:^|[^A-Za-z0-9])${escaped(suffix)}$`, 'i');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
