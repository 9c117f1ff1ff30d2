// Core is compiled without the types of any host; this names the one host type that ports speak of.
// Where the host's own types are present the two declarations merge, which needs the very same types.
declare global {
  interface AbortSignal {
    readonly aborted: boolean;
    // oxlint-disable-next-line typescript/no-explicit-any
    readonly reason: any;
  }
}

/**
 * Why work is told to stop: it is `withdrawn` (nobody wants it any more: end all of it), `lost` (another process has
 * it now: touch nothing of it), or this process is `stopping`.
 */
export type StopReason = 'withdrawn' | 'lost' | 'stopping';

/** Why a signal was aborted; null while it is not. An abort that gives none of our reasons counts as withdrawn. */
export function stopReason(signal: AbortSignal): StopReason | null {
  if (!signal.aborted) return null;
  const { reason } = signal as { readonly reason: unknown };
  return reason === 'lost' || reason === 'stopping' ? reason : 'withdrawn';
}
