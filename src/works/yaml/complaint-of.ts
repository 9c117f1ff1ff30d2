import { z } from 'zod';
import type { Complaint } from '../../core/base/complaint.ts';
import { nearest } from '../../core/base/nearest.ts';

/** The kind of file that is read, for what is said of it. */
export interface FileKind {
  readonly schema: z.ZodType;
  /** What the whole of it is called: 'the line'. */
  readonly noun: string;
  /** A file or page that shows how it is written. */
  readonly example: string;
}

type Issue = z.core.$ZodIssue;

/** Says what an issue of the schema means for the file. */
export function complaintOf(issue: Issue, kind: FileKind): Complaint {
  const { path } = issue;
  const value = { path, at: 'value' } as const;
  const place = placeName(path, kind);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKey(issue.keys[0] ?? '', path, kind);
    case 'invalid_value':
      return wrongValue(issue.values.map(String), { input: issue.input, path }, kind);
    case 'invalid_type':
      if (issue.input === undefined) return missing(path, kind);
      if (typeof issue.input === 'number' && !Number.isFinite(issue.input))
        return {
          ...value,
          message: `${place} is ${issue.input}, which is no number that can be counted with.`,
          mend: 'Write a finite number here.',
        };
      return {
        ...value,
        message: `${place} is ${typeName(issue.input)}, not ${article(issue.expected)}.`,
        mend: `Write ${article(issue.expected)} here.`,
      };
    case 'invalid_key':
      return {
        path,
        at: 'key',
        message: `"${String(path.at(-1) ?? '')}" cannot stand here: ${issue.issues[0]?.message ?? issue.message}.`,
        mend: 'Choose another name.',
      };
    case 'invalid_union':
      return ofUnion(issue, kind);
    default:
      return { ...value, message: `${place} is not right: ${issue.message}.`, mend: hintOf(issue, kind) };
  }
}

/** Of the shapes a value may have, the one that it was meant to have says best what is wrong with it. */
function ofUnion({ path, input, errors }: Extract<Issue, { code: 'invalid_union' }>, kind: FileKind): Complaint {
  if (input === undefined) return missing(path, kind);
  const issues = errors.flat().map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  // A misspelt key is unknown and leaves another one missing: the first says it better.
  const inside = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues.find((issue) => issue.path.length > path.length);
  if (inside !== undefined) return complaintOf(inside, kind);
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  const allowed = [...values, ...shapesAt(kind.schema, path)];
  if (allowed.length > 0) return wrongValue(allowed, { input, path }, kind);
  const types = issues.flatMap((issue) => (issue.code === 'invalid_type' ? [article(issue.expected)] : []));
  const mend = types.length === 0 ? `See ${kind.example}.` : `Write ${types.join(', or ')} here.`;
  return { path, at: 'value', message: `"${dotted(path)}" cannot be ${shown(input)}.`, mend };
}

function unknownKey(key: string, path: readonly PropertyKey[], { schema }: FileKind): Complaint {
  const known = keysAt(schema, path);
  const near = nearest(key, known);
  const mend = near === null ? `Known here: ${known.join(', ')}.` : `Did you mean "${near}"?`;
  return { path: [...path, key], at: 'key', message: `Unknown key "${key}".`, mend };
}

interface Found {
  readonly input: unknown;
  readonly path: readonly PropertyKey[];
}

function wrongValue(allowed: readonly string[], { input, path }: Found, kind: FileKind): Complaint {
  if (input === undefined) return missing(path, kind);
  const near = typeof input === 'string' ? nearest(input, allowed) : null;
  const mend = near === null ? `Known here: ${allowed.join(', ')}.` : `Did you mean "${near}"?`;
  return { path, at: 'value', message: `"${dotted(path)}" cannot be ${shown(input)}.`, mend };
}

function missing(path: readonly PropertyKey[], kind: FileKind): Complaint {
  const key = String(path.at(-1) ?? '');
  const owner = path.slice(0, -1);
  const where = placeName(owner, kind);
  return {
    path: owner,
    at: 'absence',
    message: `"${key}" is missing from ${where}.`,
    mend: `Add "${key}:" here; ${kind.example} shows how.`,
  };
}

function hintOf(issue: Issue, { example }: FileKind): string {
  // The expression that tells days of the calendar apart is of use to nobody.
  if (issue.code === 'invalid_format' && issue.format === 'date') return 'A date is a day of the calendar, YYYY-MM-DD, as in 2026-11-20.';
  // Where the schema has words of its own they say it better.
  if (issue.code === 'invalid_format' && issue.pattern !== undefined && issue.message.startsWith('Invalid'))
    return `It must match ${issue.pattern}.`;
  if (issue.code === 'too_small') return `The least is ${issue.minimum}.`;
  return issue.code === 'too_big' ? `The most is ${issue.maximum}.` : `See ${example}.`;
}

/** The keys the schema knows at a place; none where it is no mapping. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  return mappingsAt(schema, path).flatMap((shape) => Object.keys(shape));
}

/** The mappings that may stand at a place, each in the words of a file: with the keys that it must have, or all where it must have none. */
function shapesAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  return mappingsAt(schema, path).map((shape) => {
    const keys = Object.keys(shape);
    const required = keys.filter((key) => !(shape[key] instanceof z.ZodOptional));
    return `{ ${(required.length === 0 ? keys : required).map((key) => `${key}: …`).join(', ')} }`;
  });
}

type Shape = Readonly<Record<string, unknown>>;

function mappingsAt(schema: unknown, path: readonly PropertyKey[]): Shape[] {
  if (schema instanceof z.ZodOptional) return mappingsAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option: unknown) => mappingsAt(option, path));
  const [next, ...rest] = path;
  if (schema instanceof z.ZodArray) return mappingsAt(schema.element, rest);
  if (schema instanceof z.ZodRecord) return next === undefined ? [] : mappingsAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const { shape }: { readonly shape: Shape } = schema;
  return next === undefined ? [shape] : mappingsAt(shape[String(next)], rest);
}

function placeName(path: readonly PropertyKey[], { noun }: FileKind): string {
  return path.length === 0 ? noun : `"${dotted(path)}"`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function shown(value: unknown): string {
  return typeof value === 'object' ? typeName(value) : JSON.stringify(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return article(typeof value);
}

function article(type: string): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a mapping',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
    int: 'a whole number',
  };
  return names[type] ?? `a ${type}`;
}
