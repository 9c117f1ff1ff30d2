import type { World } from '../../world.ts';

/** Whether somebody wants a visit to end. */
export interface Stopping {
  /** Aborted, for the name of the signal, when one came that nobody else took. */
  readonly signal: AbortSignal;
  /** Lets SIGINT go elsewhere from now on: to whoever is spoken with. */
  giveInterrupts(to: () => void): void;
  forget(): void;
}

/** Listens for signals from now on. The second that asks for an end ends the process at once. */
export function stopping(world: Pick<World, 'onSignal'>): Stopping {
  const stop = new AbortController();
  let interrupts: (() => void) | null = null;
  const forget = world.onSignal((signal) => {
    if (signal === 'SIGINT' && interrupts !== null) return interrupts();
    forget();
    stop.abort(signal);
  });
  return { signal: stop.signal, giveInterrupts: (to) => void (interrupts = to), forget };
}
