import { isJidokaError, type ErrorCode } from '../../../src/core/base/error.ts';

/** For `assert.rejects`: an error of this code. */
export function code(expected: ErrorCode): (error: unknown) => boolean {
  return (error) => isJidokaError(error) && error.code === expected;
}
