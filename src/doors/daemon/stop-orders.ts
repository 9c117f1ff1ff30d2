/** Ways to be told to stop. */
export interface StopOrders {
  /** How the first signal wants it. */
  readonly first: Promise<'at-once' | 'when-done'>;
  /** Resolves with a signal for 'at once' after a first one that had patience. */
  readonly hurry: Promise<void>;
  forget(): void;
}

/**
 * Listens for the signals that end a worker: SIGQUIT when what is in hand is done, every other at once. After one for
 * 'at once' nobody listens any more, so that the next ends the process hard.
 */
export function stopOrders(world: { onSignal(listen: (signal: string) => void): () => void }): StopOrders {
  let forget = (): void => undefined;
  let stopFirst: (how: 'at-once' | 'when-done') => void = () => undefined;
  let hurryUp: () => void = () => undefined;
  const first = new Promise<'at-once' | 'when-done'>((resolve) => {
    stopFirst = resolve;
  });
  const hurry = new Promise<void>((resolve) => {
    hurryUp = resolve;
  });
  forget = world.onSignal((signal) => {
    if (signal === 'SIGQUIT') return stopFirst('when-done');
    forget();
    stopFirst('at-once');
    hurryUp();
  });
  return { first, hurry, forget: () => forget() };
}
