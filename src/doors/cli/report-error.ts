import { decisionCodes, isJidokaError, type JidokaError, usageCodes } from '../../core/base/error.ts';
import type { Page } from './page.ts';

/** What a failed command says, in both forms, and the code it ends with. */
export interface ErrorReport {
  readonly exitCode: number;
  readonly document: { readonly error: { readonly code: string; readonly message: string; readonly mend: string } };
  /** The cause chain with stacks, for JIDOKA_DEBUG=1. */
  readonly stack: string;
}

/** Turns whatever was thrown into a report; what is no JidokaError is a fault of the factory. */
export function reportOf(error: unknown): ErrorReport {
  if (isJidokaError(error)) return { exitCode: exitCodeOf(error), document: { error: pick(error) }, stack: stackOf(error) };
  const message = error instanceof Error ? error.message : String(error);
  const mend = 'Run `jidoka doctor`. With JIDOKA_DEBUG=1 the same command shows where it happened.';
  return { exitCode: 1, document: { error: { code: 'invariant', message, mend } }, stack: stackOf(error) };
}

/** Lays a report out for people: what happened, then what to do next. */
export function errorText({ document: { error } }: ErrorReport, { paint }: Page): string {
  return `${paint.red('✗')} ${error.message}\n  ${paint.dim('next:')} ${error.mend}`;
}

function pick({ code, message, mend }: JidokaError): ErrorReport['document']['error'] {
  return { code, message, mend };
}

/** The shell's convention: 128 and the number of the signal. */
const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 };

function exitCodeOf(error: JidokaError): number {
  if (error.code === 'interrupted') return 128 + (signalNumbers[String(error.data['signal'])] ?? 2);
  if (decisionCodes.has(error.code)) return 3;
  return usageCodes.has(error.code) ? 2 : 1;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
