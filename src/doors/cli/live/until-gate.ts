import type { Factory, GateView, Progress, Watch } from '../../../core/ports/factory.ts';

/** A piece of work that reports its progress, and is waited for until the signal. */
export type Watched<T> = (watch: Watch, signal?: AbortSignal) => Promise<T>;

export type UntilGate<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'waits'; readonly runs: readonly string[]; readonly gates: readonly GateView[] };

/**
 * Lets a piece of work go until it is done, or until nothing of it goes on but by a person's decision; nobody waits for it
 * then any more.
 */
export async function untilGate<T>(factory: Factory, work: Watched<T>, watch: Watch): Promise<UntilGate<T>> {
  const gates = new Map<string, string | null>();
  let rest = (): void => undefined;
  const resting = new Promise<'resting'>((resolve) => {
    rest = () => resolve('resting');
  });
  const waiting = new AbortController();
  const working = work((progress) => {
    watch(progress);
    note(progress, gates);
    if (gates.size > 0 && [...gates.values()].every((gate) => gate !== null)) rest();
  }, waiting.signal);
  const ended = await Promise.race([working.then((result) => ({ kind: 'done', result }) as const), resting]);
  if (ended !== 'resting') return ended;
  waiting.abort();
  // It was interrupted by this, and what else it might have thrown nobody waits for.
  await working.catch(() => undefined);
  const open = await factory.gates.open();
  const wanted = new Set(gates.values());
  return { kind: 'waits', runs: [...gates.keys()], gates: open.filter(({ gate }) => wanted.has(gate)) };
}

/** Keeps for each run under way the gate that it stands at, or null while it works. */
function note(progress: Progress, gates: Map<string, string | null>): void {
  if (progress.kind === 'run' && progress.joined !== 'ended') gates.set(progress.run, null);
  if (progress.kind === 'waits' && gates.has(progress.run)) gates.set(progress.run, progress.gate);
  if (progress.kind === 'stage' && gates.has(progress.run)) gates.set(progress.run, null);
  if (progress.kind === 'ended') gates.delete(progress.result.run);
}
