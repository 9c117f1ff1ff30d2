import { JidokaError, errorCodes, isJidokaError } from '../../../../core/base/error.ts';
import type { ErrorCode } from '../../../../core/base/error.ts';

/** A fault as it travels: what its code, message, mend and data say; never a stack. */
export type CarriedFault =
  | {
      readonly kind: 'fault';
      readonly code: string;
      readonly message: string;
      readonly mend: string;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'error'; readonly message: string };

/** What is told of something that was thrown. */
export function carried(error: unknown): CarriedFault {
  if (!isJidokaError(error)) return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  const { code, message, mend, data } = error;
  return { kind: 'fault', code, message, mend, data };
}

/** What is thrown for what was told. Whatever else was told becomes an error with its text. */
export function thrown(told: unknown): Error {
  const { kind, code, message, mend, data } = (typeof told === 'object' && told !== null ? told : {}) as Readonly<Record<string, unknown>>;
  const text = typeof message === 'string' ? message : JSON.stringify(told);
  if (kind !== 'fault' || !isCode(code)) return new Error(text);
  const more = typeof data === 'object' && data !== null ? { data: data as Readonly<Record<string, unknown>> } : {};
  return new JidokaError(code, text, { mend: typeof mend === 'string' ? mend : '', ...more });
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}
