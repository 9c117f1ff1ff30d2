import type { Json } from '../../../../core/base/json.ts';
import type { Tool } from '../call.ts';
import { argumentNames, argumentSchema, memberOf, membersOf } from './find-tool.ts';

type Arguments = Readonly<Record<string, Json>>;

/** Names that agents give arguments which mean the same. */
const meanings = {
  path: ['file_path', 'filePath', 'path', 'absolute_path', 'file', 'filename', 'target_file'],
  old: ['old_string', 'oldString', 'old_str', 'oldText', 'old_text', 'search'],
  new: ['new_string', 'newString', 'new_str', 'newText', 'new_text', 'replace'],
  content: ['content', 'contents', 'text', 'file_text', 'file_content'],
  command: ['command', 'cmd', 'script', 'commands', 'code'],
  query: ['query', 'q', 'search'],
} as const;
export type Meaning = keyof typeof meanings;

/** Puts values under the names that a tool has for them, and fills what else it demands; null where a value has no place. */
export function filled(tool: Tool, values: Partial<Readonly<Record<Meaning, Json>>>, purpose: string): Arguments | null {
  const named: Record<string, Json> = {};
  for (const [meaning, value] of Object.entries(values) as [Meaning, Json][]) {
    const name = meanings[meaning].find((candidate) => argumentNames(tool).includes(candidate));
    if (name === undefined) return null;
    named[name] = value;
  }
  return withDemanded(tool, named, purpose);
}

/** An edit, also for tools that take a list of them. */
export function filledEdit(
  tool: Tool,
  { path, old, new: next }: { path: string; old: string; new: string },
  purpose: string,
): Arguments | null {
  const items = memberOf(argumentSchema(tool, 'edits'), 'items');
  if (items === null) return filled(tool, { path, old, new: next }, purpose);
  const one = filled({ ...tool, parameters: items }, { old, new: next }, purpose);
  const around = filled(tool, { path }, purpose);
  return one === null || around === null ? null : { ...around, edits: [one] };
}

/** A command line, for tools that take one as text and for those that take it as words. */
export function filledCommand(tool: Tool, command: string): Arguments | null {
  const name = meanings.command.find((candidate) => argumentNames(tool).includes(candidate));
  if (name === undefined) return null;
  const isList = memberOf(argumentSchema(tool, name), 'type') === 'array';
  const value = !isList ? command : name === 'commands' ? [command] : ['bash', '-lc', command];
  return withDemanded(tool, { [name]: value }, firstLine(command));
}

/** Adds what a tool demands beside: a purpose where it asks for words, the first choice, or the least value. */
export function withDemanded(tool: Tool, given: Arguments, purpose: string): Arguments {
  const required = memberOf(tool.parameters, 'required');
  const missing = (Array.isArray(required) ? required.map(String) : []).filter((name) => !(name in given));
  return { ...given, ...Object.fromEntries(missing.map((name) => [name, valueFor(argumentSchema(tool, name), purpose)])) };
}

/** The least value that a schema takes; texts say what for. */
export function valueFor(schema: Json, words: string): Json {
  const fixed = memberOf(schema, 'const') ?? memberOf(schema, 'default');
  if (fixed !== null) return fixed;
  const choices = memberOf(schema, 'enum');
  if (Array.isArray(choices)) return mildest(choices);
  for (const union of ['anyOf', 'oneOf', 'allOf']) {
    const forms = memberOf(schema, union);
    if (Array.isArray(forms)) return valueFor(forms[0] ?? null, words);
  }
  const type = memberOf(schema, 'type');
  return valueOfType(Array.isArray(type) ? (type[0] ?? null) : type, schema, words);
}

function valueOfType(type: Json, schema: Json, words: string): Json {
  if (type === 'string') return words;
  if (type === 'number' || type === 'integer') return Number(memberOf(schema, 'minimum') ?? 0) || 1;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  if (type !== 'object') return typeof type === 'string' ? null : words;
  const required = memberOf(schema, 'required');
  const properties = membersOf(schema, 'properties');
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(names.map((name) => [name, valueFor(properties[name] ?? null, words)]));
}

/** Of several choices the one that lets work go on. */
function mildest(choices: readonly Json[]): Json {
  const wished = ['allow', 'approve', 'approved', 'accept', 'low', 'user'];
  return choices.find((choice) => typeof choice === 'string' && wished.includes(choice.toLowerCase())) ?? choices[0] ?? null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 80) ?? '';
}
