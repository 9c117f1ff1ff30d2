import { setTimeout as pause } from 'node:timers/promises';
import type { FedEvent } from '../../../core/ports/feed.ts';
import type { Progress, Watch } from '../../../core/ports/factory.ts';
import { RunCircle } from './run-circle.ts';
import type { Watched } from './until-gate.ts';

export interface EventTeller {
  /** Events behind the place where the work begins, until the signal is aborted. */
  events(signal: AbortSignal): AsyncGenerator<FedEvent, void>;
  tell(fed: FedEvent): void;
  /** Is told of the runs, and of what no event says. */
  readonly watch: Watch;
}

/** How long the last events may take to arrive once the work is done, in milliseconds. */
const lastEventsMs = 5_000;

/** Does a piece of work and tells every event of its runs as it comes, each once, the last before it returns. */
export async function tellingEvents<T>(teller: EventTeller, work: Watched<T>): Promise<T> {
  const telling = new Telling(teller);
  const stop = new AbortController();
  const told = telling.all(stop.signal);
  try {
    const result = await work((progress) => telling.note(progress));
    await Promise.race([telling.isComplete(), told, pause(lastEventsMs, undefined, { signal: stop.signal }).catch(() => undefined)]);
    return result;
  } finally {
    stop.abort();
    await told;
    telling.flush();
  }
}

class Telling {
  readonly #teller: EventTeller;
  readonly #circle = new RunCircle();
  /** Runs whose end is still to be told, and the news of it that waits for that. */
  readonly #open = new Map<string, Progress | null>();
  #complete = (): void => undefined;

  constructor(teller: EventTeller) {
    this.#teller = teller;
  }

  async all(signal: AbortSignal): Promise<void> {
    try {
      for await (const fed of this.#teller.events(signal)) this.#tell(this.#circle.take(fed));
    } catch (error) {
      // A factory that is closed under way has no more to tell; the work itself says why.
      if (!signal.aborted) this.#teller.watch({ kind: 'warning', message: `No more events are told: ${String(error)}` });
    }
  }

  note(progress: Progress): void {
    if (progress.kind === 'run') {
      if (progress.joined !== 'ended') this.#open.set(progress.run, null);
      this.#teller.watch(progress);
      this.#tell(this.#circle.add(progress.run));
    } else if (progress.kind === 'ended' && this.#open.has(progress.result.run)) {
      this.#open.set(progress.result.run, progress);
    } else if (progress.kind !== 'stage' && progress.kind !== 'note') this.#teller.watch(progress);
  }

  /** Resolves when the end of every run has been told. */
  isComplete(): Promise<void> {
    return new Promise((resolve) => {
      this.#complete = resolve;
      if (this.#open.size === 0) resolve();
    });
  }

  /** Says what waited for an event that did not come. */
  flush(): void {
    for (const progress of this.#open.values()) if (progress !== null) this.#teller.watch(progress);
  }

  #tell(events: readonly FedEvent[]): void {
    for (const fed of events) {
      this.#teller.tell(fed);
      if (fed.event.body.type === 'run.ended') this.#end(fed.event.run);
    }
  }

  #end(run: string): void {
    const news = this.#open.get(run) ?? null;
    if (!this.#open.delete(run)) return;
    if (news !== null) this.#teller.watch(news);
    if (this.#open.size === 0) this.#complete();
  }
}
