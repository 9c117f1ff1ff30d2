import { isJidokaError, JidokaError } from '../../core/base/error.ts';

/** Makes the fault of the engine itself; a fault that has a code already stays what it is. */
export function engineFailed(message: string, cause?: unknown, mend = 'Run `jidoka doctor`, then the same command again.'): JidokaError {
  if (isJidokaError(cause)) return cause;
  const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new JidokaError('engine-failed', `${message}${reason}.`, { mend, cause });
}

/** Never resolves; rejects with `interrupted` as soon as the signal is aborted. */
export function interrupted(id: string, signal: AbortSignal | undefined): Promise<never> {
  const interruption = new Promise<never>((_resolve, reject) => {
    const interrupt = (): void =>
      reject(new JidokaError('interrupted', `Waiting for workflow ${id} was interrupted.`, { mend: 'Wait for it again; it goes on.' }));
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
  });
  interruption.catch(() => {}); // the waiter may have its result before
  return interruption;
}

/** The fault behind a warning of DBOS that the database has no room, or null for any other warning. */
export function troubleFault(message: string): JidokaError | null {
  if (!/no space left on device|disk quota exceeded|could not extend file/i.test(message)) return null;
  return new JidokaError('disk-full', `The workflow engine could not write: ${message}`, {
    mend: 'Free some room on that disk and run the same command again; nothing is lost.',
  });
}
