import { isJidokaError, JidokaError, type ErrorCode } from '../../core/base/error.ts';
import type { HeldStep } from '../../core/ports/engine.ts';

/** Faults of the surroundings give a step back; the work is none the worse for them. */
const ofSurroundings: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['disk-full', 'database-unavailable', 'interrupted']);

export function isOfSurroundings(error: unknown): boolean {
  return isJidokaError(error) && ofSurroundings.has(error.code);
}

export function isFenced(error: unknown): boolean {
  return isJidokaError(error) && error.code === 'fenced';
}

/** True where PostgreSQL broke a transaction off for the sake of another: a deadlock, or a serialization failure. */
export function isConflict(error: unknown): boolean {
  return sqlStateOf(error) === '40001' || sqlStateOf(error) === '40P01';
}

/** SQLSTATE or system error of what the driver threw; '' where it has none. */
export function sqlStateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function fenced({ work, id }: HeldStep): JidokaError {
  return new JidokaError('fenced', `Step ${id} of ${work} is not this process's any more.`, {
    mend: 'Nothing is to be done: whoever has the step goes on with it.',
  });
}

export function broken(message: string): JidokaError {
  return new JidokaError('invariant', message, { mend: 'Report this as a bug of jidoka, with the run id.' });
}

/** What is kept of an error that fails a work. */
export function failureText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll('\0', '');
}
