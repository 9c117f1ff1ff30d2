import { z } from 'zod';
import type { Json } from '../../../../core/base/json.ts';
import type { Part } from '../call.ts';
import type { Reading } from './dialect.ts';

/** Anything with a `type`, of which more may be known. */
export const Typed = z.looseObject({ type: z.string() });
export type Typed = z.infer<typeof Typed>;

/** Reads a body by a schema and hands it on; what does not fit is told as the API would. */
export function reading<T>(schema: z.ZodType<T>, body: unknown, make: (value: T) => Extract<Reading, { kind: 'call' }>['call']): Reading {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { kind: 'call', call: make(parsed.data) };
  const [issue] = parsed.error.issues;
  return { kind: 'fault', message: `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}` };
}

/** Text of a value that is a text, or a list of things with texts. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('\n');
  if (typeof value !== 'object' || value === null) return '';
  if ('text' in value && typeof value.text === 'string') return value.text;
  if ('content' in value) return textOf(value.content);
  // Tools that are found are told of by name.
  if ('tool_name' in value && typeof value.tool_name === 'string') return value.tool_name;
  return '';
}

/** The same as parts of a turn. */
export function textParts(value: unknown): readonly Part[] {
  const list = Array.isArray(value) ? value : [value];
  return list
    .map(textOf)
    .filter(Boolean)
    .map((text) => ({ kind: 'text', text }));
}

/** Arguments that came as text; what is no JSON stays the text it is. */
export function parsedArguments(text: string): Json {
  try {
    return JSON.parse(text) as Json; // what JSON.parse gives is JSON
  } catch {
    return text;
  }
}

/** A value without the members that only steer a cache. */
export function withoutCacheHints(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => (key === 'cache_control' ? undefined : member)) ?? '';
}
