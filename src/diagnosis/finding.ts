import { isJidokaError } from '../core/base/error.ts';
import type { Finding } from '../core/ports/factory.ts';

/** What was found; `mend` counts only where it is not ok. */
export function finding(group: Finding['group'], name: string, ok: boolean, found: string, mend = ''): Finding {
  return { group, name, ok, found, mend: ok ? '' : mend };
}

/** What was thrown in place of an answer. Each thing to do stands on a line of its own. */
export function broken(group: Finding['group'], name: string, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const mend = isJidokaError(error) ? error.mend : 'Look at the message; JIDOKA_DEBUG=1 shows where it comes from.';
  return { group, name, ok: false, found: message, mend: mend.replaceAll(/(?<=[.!]) (?=[A-Z])/g, '\n') };
}
