import type { FedEvent } from '../../../core/ports/feed.ts';

/** Events of runs that nobody asked for yet are kept up to this many. */
const mostEarly = 10_000;

/** Picks from the events of all runs those of some, and of the runs that these start. */
export class RunCircle {
  readonly #runs = new Set<string>();
  #early: FedEvent[] = [];

  /** Adds a run, and gives what happened in it before it was added. */
  add(run: string): readonly FedEvent[] {
    if (this.#runs.has(run)) return [];
    this.#runs.add(run);
    const early = this.#early.filter(({ event }) => event.run === run);
    this.#early = this.#early.filter(({ event }) => event.run !== run);
    return early.flatMap((fed) => [fed, ...this.#startedBy(fed)]);
  }

  /** The event, and what came before it of the runs it starts; nothing where it is no run of the circle. */
  take(fed: FedEvent): readonly FedEvent[] {
    if (this.#runs.has(fed.event.run)) return [fed, ...this.#startedBy(fed)];
    this.#early.push(fed);
    if (this.#early.length > mostEarly) this.#early.shift();
    return [];
  }

  #startedBy({ event: { body } }: FedEvent): readonly FedEvent[] {
    return body.type === 'children.started' ? body.runs.flatMap((run) => this.add(run)) : [];
  }
}
