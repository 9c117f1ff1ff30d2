import { JidokaError } from './error.ts';

/** Ends a switch over a discriminated union; does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new JidokaError('invariant', `Unexpected value ${JSON.stringify(value)}.`, {
    mend: 'Report this as a bug of jidoka, with the run id.',
  });
}
