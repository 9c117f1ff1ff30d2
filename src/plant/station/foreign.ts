import { toJson, type Json } from '../../core/base/json.ts';

/** Something within what a foreign program wrote, of which nothing is certain; undefined where it is not there. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[name];
  }
  return found;
}

/** A text within it; '' where there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A number within it; null where there is none. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** How many of something, never less than none. */
export function countAt(value: unknown, ...path: readonly (string | number)[]): number {
  return Math.max(0, numberAt(value, ...path) ?? 0);
}

/** A list within it; empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** All of it, as JSON; null where there is none. */
export function jsonAt(value: unknown, ...path: readonly (string | number)[]): Json {
  const found = at(value, ...path);
  return found === undefined ? null : toJson(found);
}

/** Whatever is there, as text for people. */
export function wordsAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (found === undefined || found === null) return '';
  return typeof found === 'string' ? found : JSON.stringify(found);
}
