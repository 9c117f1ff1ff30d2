import { randomBytes } from 'node:crypto';
import { errorCodes, type ErrorCode, isJidokaError, JidokaError, usageCodes } from '../../core/base/error.ts';

/** What a failed request is answered with. */
export interface ErrorReply {
  readonly status: number;
  readonly document: { readonly error: { readonly code: ErrorCode; readonly message: string; readonly mend: string } };
  /** What the log is to keep of it; null where the fault is the caller's. */
  readonly log: string | null;
}

/** A request that HTTP itself has a status for. */
export function httpError(status: number, message: string, mend: string): JidokaError {
  return new JidokaError(status === 401 || status === 403 ? 'access-refused' : 'usage', message, { mend, data: { status } });
}

/** Turns whatever was thrown into an answer. What is not the caller's fault tells neither stack nor path. */
export function errorReply(error: unknown): ErrorReply {
  const status = statusOf(error);
  const code = isJidokaError(error) ? error.code : 'invariant';
  if (isJidokaError(error) && status < 500) {
    return { status, document: { error: { code, message: error.message, mend: error.mend } }, log: null };
  }
  const mark = randomBytes(4).toString('hex');
  const mend =
    status === 503 ? 'Try again in a moment; `jidoka doctor` on its machine says more.' : `Look into the daemon's log for ${mark}.`;
  return { status, document: { error: { code, message: errorCodes[code], mend } }, log: `${mark} ${told(error)}` };
}

/** The machine cannot do now what it is there for. */
const outages: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['database-unavailable', 'interrupted', 'no-sandbox', 'floor-unreachable']);

function statusOf(error: unknown): number {
  if (!isJidokaError(error)) return 500;
  const { code, data } = error;
  if (typeof data['status'] === 'number') return data['status'];
  if (code === 'access-refused') return 403;
  if (code === 'gate-refused' || code === 'judgement-refused') return 409;
  if (outages.has(code)) return 503;
  if (code.endsWith('-unknown')) return 404;
  return code === 'usage' || (code.endsWith('-invalid') && usageCodes.has(code)) ? 400 : 500;
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
