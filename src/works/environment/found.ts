import { redact } from '../../core/base/redact.ts';
import type { EnvironmentSpec } from '../../core/environment/environment-spec.ts';

export type SetupCommand = EnvironmentSpec['setup'][number];
export type Words = SetupCommand['words'];
export type Refusal = EnvironmentSpec['refused'][number];

/** What one file says of the environment. */
export interface Found {
  readonly source: string;
  readonly base: EnvironmentSpec['base'];
  readonly tools: EnvironmentSpec['tools'];
  /** null where it says nothing of a setup; an empty list says that none is owed. */
  readonly setup: readonly SetupCommand[] | null;
  readonly env: EnvironmentSpec['env'];
  readonly refused: readonly Refusal[];
}

/** What a table has for a key that a stranger wrote, and nothing of what every object has. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Text of a stranger as it may stand in a message: one line, cut, and no secret. */
export function shown(text: string): string {
  if (text === '') return '(empty)';
  const plain = redact(text).replaceAll(/[^ -~]/g, '?');
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
}
