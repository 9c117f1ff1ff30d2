import type { HeldStep } from '../../core/ports/engine.ts';
import type { StopReason } from '../../core/ports/abort.ts';

/** A step in hand. */
export interface Holding {
  readonly step: HeldStep;
  /** Which kind of place it takes. */
  readonly lane: number;
  readonly controller: AbortController;
  /** `leaving`: a transaction that takes the step away is open; `left`: one has held. */
  state: 'in hand' | 'leaving' | 'left';
}

/** The steps that this process has in hand, by token. */
export class Holdings {
  readonly #byToken = new Map<string, Holding>();

  add(step: HeldStep, lane: number): Holding {
    const holding: Holding = { step, lane, controller: new AbortController(), state: 'in hand' };
    this.#byToken.set(step.token, holding);
    return holding;
  }

  remove({ step }: Holding): void {
    this.#byToken.delete(step.token);
  }

  get(token: string): Holding | undefined {
    return this.#byToken.get(token);
  }

  /** Notes what transactions do with steps; of those that are in nobody's hands here there is nothing to note. */
  mark(tokens: readonly string[], state: Holding['state']): void {
    for (const token of tokens) {
      const holding = this.#byToken.get(token);
      if (holding !== undefined) holding.state = state;
    }
  }

  count(lane: number): number {
    return this.all().filter((holding) => holding.lane === lane).length;
  }

  all(): readonly Holding[] {
    return [...this.#byToken.values()];
  }

  abortAll(reason: StopReason): void {
    for (const { controller } of this.all()) controller.abort(reason);
  }
}
