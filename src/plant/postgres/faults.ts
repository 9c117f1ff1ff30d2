import { isJidokaError, JidokaError } from '../../core/base/error.ts';

/** SQLSTATEs and system errors by which a connection, not a statement, has failed. */
const lossCodes =
  /^(08...|57P0[1-3]|53300|25P03|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
const lossMessages = /connection terminated|connection timeout|timeout exceeded when trying to connect|connection error|client was closed/i;
const fullMessages = /no space left on device|disk quota exceeded|could not extend file/i;

/** True where trying again on a new connection may help. */
export function isConnectionLoss(error: unknown): boolean {
  return causes(error).some(({ code, message }) => lossCodes.test(code) || lossMessages.test(message));
}

/** True where the text of an error or of the server's log says that the disk is full. */
export function saysDiskFull(text: string): boolean {
  return fullMessages.test(text);
}

/**
 * Gives the fault behind what PostgreSQL or its driver threw: `disk-full` or `database-unavailable`.
 * Anything else, a statement that is wrong for instance, comes back as it is.
 */
export function databaseFault(error: unknown, where: string): unknown {
  if (isJidokaError(error)) return error;
  const all = causes(error);
  if (all.some(({ code, message }) => /^(53100|ENOSPC|EDQUOT)$/.test(code) || saysDiskFull(message))) {
    return diskFull(`PostgreSQL at ${where} could not write: ${all[0]?.message}.`, error);
  }
  return isConnectionLoss(error) ? unavailable(`PostgreSQL at ${where} cannot be reached: ${all[0]?.message}.`, error) : error;
}

/** The fault of a disk without room. */
export function diskFull(message: string, cause?: unknown): JidokaError {
  return new JidokaError('disk-full', message, {
    mend: 'Free some room on that disk and run the same command again; nothing is lost.',
    cause,
  });
}

/** The fault of a database that does not answer. */
export function unavailable(message: string, cause?: unknown, mend = 'Run `jidoka doctor`, then the same command again.'): JidokaError {
  return new JidokaError('database-unavailable', message, { mend, cause });
}

interface Cause {
  readonly code: string;
  readonly message: string;
}

/** The error, what it was caused by, and the members of an AggregateError. */
function causes(error: unknown, depth = 0): readonly Cause[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const members = error instanceof AggregateError ? error.errors.flatMap((member) => causes(member, depth + 1)) : [];
  return [{ code, message: error.message }, ...causes(error.cause, depth + 1), ...members];
}
