import { z } from 'zod';
import { Line } from '../../core/line/line.ts';
import { nearest } from '../../core/base/nearest.ts';

/** What is wrong with a line file, and at which of its keys. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** `key`: the name of the last member of the path is wrong; `value`: what stands there is; `absence`: it lacks something. */
  readonly at: 'key' | 'value' | 'absence';
  readonly message: string;
  readonly mend: string;
}

type Issue = z.core.$ZodIssue;

/** Says what an issue of the schema means for the file. */
export function complaintOf(issue: Issue): Complaint {
  const { path } = issue;
  const value = { path, at: 'value' } as const;
  const place = path.length === 0 ? 'the line' : `"${dotted(path)}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKey(issue.keys[0] ?? '', path);
    case 'invalid_value':
      return wrongValue(issue.values.map(String), issue.input, path);
    case 'invalid_type':
      if (issue.input === undefined) return missing(path);
      return {
        ...value,
        message: `${place} is ${typeName(issue.input)}, not ${article(issue.expected)}.`,
        mend: `Write ${article(issue.expected)} here.`,
      };
    case 'invalid_union':
      return ofUnion(issue);
    default:
      return { ...value, message: `${place} is not right: ${issue.message}.`, mend: hintOf(issue) };
  }
}

/** Of the shapes a value may have, the one that it was meant to have says best what is wrong with it. */
function ofUnion({ path, input, errors }: Extract<Issue, { code: 'invalid_union' }>): Complaint {
  if (input === undefined) return missing(path);
  const issues = errors.flat().map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  // A misspelt key is unknown and leaves another one missing: the first says it better.
  const inside = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues.find((issue) => issue.path.length > path.length);
  if (inside !== undefined) return complaintOf(inside);
  const allowed = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  return wrongValue([...allowed, ...keysAt(Line, path).map((key) => `{ ${key}: … }`)], input, path);
}

function unknownKey(key: string, path: readonly PropertyKey[]): Complaint {
  const known = keysAt(Line, path);
  const near = nearest(key, known);
  const mend = near === null ? `Known here: ${known.join(', ')}.` : `Did you mean "${near}"?`;
  return { path: [...path, key], at: 'key', message: `Unknown key "${key}".`, mend };
}

function wrongValue(allowed: readonly string[], input: unknown, path: readonly PropertyKey[]): Complaint {
  if (input === undefined) return missing(path);
  const near = typeof input === 'string' ? nearest(input, allowed) : null;
  const mend = near === null ? `Known here: ${allowed.join(', ')}.` : `Did you mean "${near}"?`;
  return { path, at: 'value', message: `"${dotted(path)}" cannot be ${shown(input)}.`, mend };
}

function missing(path: readonly PropertyKey[]): Complaint {
  const key = String(path.at(-1) ?? '');
  const owner = path.slice(0, -1);
  const where = owner.length === 0 ? 'the line' : `"${dotted(owner)}"`;
  return {
    path: owner,
    at: 'absence',
    message: `"${key}" is missing from ${where}.`,
    mend: `Add "${key}:" here; lines/deps/line.yaml shows how.`,
  };
}

function hintOf(issue: Issue): string {
  if (issue.code === 'invalid_format' && issue.pattern !== undefined) return `It must match ${issue.pattern}.`;
  if (issue.code === 'too_small') return `The least is ${issue.minimum}.`;
  return issue.code === 'too_big' ? `The most is ${issue.maximum}.` : 'See lines/deps/line.yaml.';
}

/** The keys the schema knows at a place; none where it is no mapping. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option: unknown) => keysAt(option, path));
  const [next, ...rest] = path;
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const { shape }: { readonly shape: Readonly<Record<string, unknown>> } = schema;
  return next === undefined ? Object.keys(shape) : keysAt(shape[String(next)], rest);
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
