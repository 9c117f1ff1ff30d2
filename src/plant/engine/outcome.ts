import { errorCodes, isJidokaError, JidokaError, type ErrorCode } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';

/** How a step ended, as it is kept: an error is a value, so that every life of the workflow gets the same one. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly fault: Fault | null };

interface Fault {
  readonly code: string;
  readonly mend: string;
  readonly data: Json;
}

/** Faults of the surroundings end a life of the workflow, not the workflow: mended, it goes on where it stopped. */
const surroundings: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['disk-full', 'database-unavailable', 'interrupted']);

export function isOfSurroundings(error: unknown): boolean {
  return isJidokaError(error) && surroundings.has(error.code);
}

/** A step's value as JSON; what JSON leaves out is gone in the first life already. */
export function valueOutcome(value: Json): Outcome {
  return { kind: 'value', value: JSON.parse(JSON.stringify(value ?? null)) };
}

export function errorOutcome(error: unknown): Outcome {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (!isJidokaError(error)) return { kind: 'error', name, message, fault: null };
  const { code, mend, data } = error;
  return { kind: 'error', name, message, fault: { code, mend, data: JSON.parse(JSON.stringify(data)) } };
}

/** Gives the value of a step, or throws what it threw. */
export function settle(outcome: Outcome): Json {
  if (outcome.kind === 'value') return outcome.value;
  const { name, message, fault } = outcome;
  if (fault === null) throw Object.assign(new Error(message), { name });
  const data = typeof fault.data === 'object' && fault.data !== null && !Array.isArray(fault.data) ? { ...fault.data } : {};
  throw new JidokaError(isCode(fault.code) ? fault.code : 'engine-failed', message, { mend: fault.mend, data });
}

function isCode(text: string): text is ErrorCode {
  return text in errorCodes;
}
