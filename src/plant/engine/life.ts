/**
 * How a life ended in this process. `settled` and `lost` leave the answer to the database; a settled one keeps the
 * error it ended with, for the case that the database has no answer.
 */
export type LifeEnd =
  | { readonly kind: 'settled'; readonly error: unknown }
  | { readonly kind: 'lost' }
  | { readonly kind: 'fault'; readonly error: unknown };

/** One life of a workflow in this process, from its start or takeover until it is settled, lost or stopped by a fault. */
export class Life {
  readonly #stop = new AbortController();
  readonly #names = new Set<string>();
  #end: (end: LifeEnd) => void = () => {};
  #isOver = false;
  readonly ended: Promise<LifeEnd>;

  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Aborted when this life is over before the workflow is. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** True once nothing that this life still does may count. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes a step name; false where this life has used it. */
  claimName(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  end(end: LifeEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end(end);
    if (end.kind !== 'settled') this.#stop.abort();
  }
}
