import type { Rest, UpstreamHealth } from '../../../../core/ports/gateway/upstream-health.ts';
import { follow, usualLookMs } from '../follow.ts';
import type { StoreDatabase } from '../store-database.ts';
import { healthTable, type HealthTable } from './health-table.ts';

export interface StandingHealthOptions {
  readonly database: Pick<StoreDatabase, 'attempt' | 'listen'>;
  /** This process, by a name that no other has. */
  readonly holder: string;
  /** In words, for people who ask who found an upstream down. */
  readonly by: string;
  /** Milliseconds since 1970, by the clock of the database. */
  readonly now: () => number;
  /** How often it looks, whether or not it heard of something; null for only when it heard. */
  readonly lookEveryMs?: number | null;
}

/** Health of upstreams as gateways of a factory tell each other, until closed. */
export interface StandingHealth extends UpstreamHealth {
  /** Returns when the others can know all that was told. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What was told and is not written yet: a rest, or that it is over. */
type News = Rest | 'well';

/**
 * Keeps what was seen of upstreams in the database, on change alone, and follows what others keep there. While it cannot be reached, each
 * gateway goes by what it sees itself.
 */
export async function standingHealth({
  database,
  holder,
  by,
  now,
  lookEveryMs = usualLookMs,
}: StandingHealthOptions): Promise<StandingHealth> {
  const told = new Told(healthTable(database, holder), now);
  await told.look();
  const following = await follow({ database, channel: 'jidoka_model_health', look: () => told.look(), lookEveryMs });
  return {
    rests: () => told.rests,
    now,
    tell(rests) {
      for (const rest of rests) told.add(rest.at, { ...rest, by, probeUntil: null });
    },
    well: (at) => told.add(at, 'well'),
    mayProbe: (at) => told.mayProbe(at),
    settled: () => told.look(),
    async close() {
      await following.close();
      await told.look().catch(() => undefined); // others find out by themselves
    },
  };
}

class Told {
  /** What is known, with what is not written yet on top. */
  rests: ReadonlyMap<string, Rest> = new Map();
  readonly #table: HealthTable;
  readonly #now: () => number;
  readonly #news = new Map<string, News>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(table: HealthTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  add(at: string, news: News): void {
    this.#news.set(at, news);
    this.#show(this.rests);
    this.look().catch(() => undefined); // written with the next look
  }

  /** Writes what is new, and then looks: what was written is in what is seen. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#write();
      this.#show(await this.#table.read());
    });
  }

  /** Where the database says nothing everybody tries for himself. */
  async mayProbe(at: string): Promise<boolean> {
    try {
      if (await this.#inTurn(() => this.#table.claim(at))) return true;
      await this.look();
      return false;
    } catch {
      return true;
    }
  }

  async #write(): Promise<void> {
    const news = [...this.#news];
    const rests = news.flatMap(([, one]) => (one === 'well' || one.until <= this.#now() ? [] : [one]));
    const well = news.flatMap(([at, one]) => (one === 'well' ? [at] : []));
    await this.#table.write(rests, well);
    for (const [at, one] of news) if (this.#news.get(at) === one) this.#news.delete(at);
  }

  #show(found: ReadonlyMap<string, Rest>): void {
    const all = new Map(found);
    for (const [at, one] of this.#news) {
      if (one === 'well') all.delete(at);
      else all.set(at, one);
    }
    if (JSON.stringify([...all]) !== JSON.stringify([...this.rests])) this.rests = all;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
