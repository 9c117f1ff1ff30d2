import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Offer, Perform, Service } from '../../core/ports/engine.ts';
import { claimSteps, fetchSteps, lanes } from './claim.ts';
import type { Ask, EngineDatabase, Enlisted } from './engine-database.ts';
import { Heartbeat } from './heartbeat.ts';
import { Holdings, type Holding } from './holdings.ts';
import { register, retire } from './register.ts';
import { settle } from './settle.ts';
import { WakefulLoop } from './wakeful-loop.ts';

export interface ServiceParts {
  readonly database: EngineDatabase;
  readonly executor: Enlisted;
  readonly offer: Offer;
  readonly perform: Perform;
  readonly log: (message: string) => void;
}

/** Channel of all that changes what can be taken. */
const channel = 'jidoka_work';
/** Steps of these done at once, on top of stages: they cost next to nothing, and still do not come without end. */
const controlAtOnce = 16;
const requestsAtOnce = 32;
/** What no notice told of is found after this time. */
const netMs = 5_000;
const retryMs = 1_000;
/** A database that is away for this long, on top of the time after which it is called lost, is waited for no more. */
const lostMs = 600_000;
/** Time for what is cut short to come to its end. */
const graceMs = 3_000;

/** One process that takes steps as they become due, and does them. */
export class ServingProcess implements Service {
  readonly holdings = new Holdings();
  readonly lost: Promise<never>;
  readonly #parts: ServiceParts;
  readonly #pool: Pool;
  readonly #claims: WakefulLoop;
  readonly #heartbeat: Heartbeat;
  readonly #roots = new Set<string>();
  readonly #faults = new Map<string, unknown>();
  readonly #running = new Set<Promise<void>>();
  readonly #cut: Promise<void>;
  #cutShort: () => void = () => {};
  #giveUp: (fault: unknown) => void = () => {};
  #lostTimer: NodeJS.Timeout | undefined;
  #isOpen = true;
  #listener: { close(): Promise<void> } | null = null;
  #ended: Promise<void> | null = null;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#pool = parts.database.openPool('jidoka-serve', 2);
    this.lost = new Promise((_resolve, reject) => (this.#giveUp = reject));
    this.lost.catch(() => {}); // whoever waits hears of it; nobody has to
    this.#cut = new Promise((resolve) => (this.#cutShort = resolve));
    this.#claims = new WakefulLoop(() => this.#claim());
    this.#heartbeat = new Heartbeat({
      ...parts,
      ask: this.#ask,
      holdings: this.holdings,
      wake: () => this.wake(),
      alive: () => this.#recover(),
    });
    this.#claims.wake();
    this.#heartbeat.wake();
  }

  get isStopped(): boolean {
    return !this.#isOpen;
  }

  /** Looks for steps to take. */
  wake(): void {
    this.#claims.wake();
  }

  include(work: string): void {
    this.#roots.add(work);
    this.wake();
  }

  faultOf(work: string): unknown {
    return this.#faults.get(work) ?? null;
  }

  /** The database was lost and did not come back: those who wait for a work here learn why nothing happens. */
  suffer(fault: unknown): void {
    for (const work of [...this.#roots, ...this.holdings.all().map(({ step }) => step.work)]) this.#faults.set(work, fault);
    this.#lostTimer ??= setTimeout(() => this.#giveUp(fault), lostMs).unref();
  }

  stop(how: 'at-once' | 'when-done'): Promise<void> {
    this.#isOpen = false;
    if (how === 'at-once') {
      this.holdings.abortAll('stopping');
      this.#cutShort();
    }
    this.#ended ??= this.#end();
    return this.#ended;
  }

  #recover(): void {
    clearTimeout(this.#lostTimer);
    this.#lostTimer = undefined;
  }

  readonly #ask: Ask = (work) => this.#parts.database.attempt(() => work(this.#pool));

  /** One turn: takes what fits, and gives the time until there may be more. */
  async #claim(): Promise<number> {
    const { offer, executor, log } = this.#parts;
    try {
      await this.#begin();
      const rooms = [
        controlAtOnce - this.holdings.count(lanes.control),
        requestsAtOnce - this.holdings.count(lanes.requests),
        offer.atOnce - this.holdings.count(lanes.stages),
      ];
      const roots = offer.role === 'caller' ? this.#roots : null;
      if (rooms.every((room) => room <= 0) || roots?.size === 0) return netMs;
      const { tokens, nextMs } = await this.#heartbeat.whileClaiming(async () => {
        const claimed = await this.#ask((pool) => claimSteps(pool, { executor: executor.id, offer, rooms, roots }));
        if (claimed.tokens.length > 0) await this.#take(claimed.tokens);
        return claimed;
      });
      return tokens.length > 0 ? Math.min(nextMs ?? netMs, netMs) : Math.min(Math.ceil(nextMs ?? netMs) + 1, netMs);
    } catch (error) {
      log(`no step could be taken: ${String(error)}`);
      return retryMs;
    }
  }

  /** Makes this process known and listens, once. */
  async #begin(): Promise<void> {
    if (this.#listener !== null) return;
    const { database, executor, offer } = this.#parts;
    await register(this.#ask, executor, offer);
    this.#listener = await database.listen(channel, (notice) => this.#hear(notice));
  }

  /** A notice says whose change it was and whether steps were withdrawn; '' says that some may have been missed. */
  #hear(notice: string): void {
    const [sender, what] = notice.split(' ');
    if (sender === this.#parts.executor.id) return;
    if (what !== 'put') this.#heartbeat.wake();
    this.wake();
  }

  async #take(tokens: readonly string[]): Promise<void> {
    const { executor } = this.#parts;
    const taken = await this.#ask((pool) => fetchSteps(pool, executor.id, tokens));
    if (!this.#isOpen) return; // they are given back with the rest
    for (const { step, lane } of taken) {
      const running = this.#perform(this.holdings.add(step, lane)).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #perform(holding: Holding): Promise<void> {
    const { step, controller } = holding;
    const { executor, perform, log } = this.#parts;
    const outcome = await Promise.resolve()
      .then(() => perform(step, controller.signal))
      .then(
        () => ({ kind: 'returned' }) as const,
        (error: unknown) => ({ kind: 'threw', error }) as const,
      );
    const fault = await settle({ ask: this.#ask, executor: executor.id, log }, holding, outcome);
    if (fault === null) this.#faults.delete(step.work);
    else this.#faults.set(step.work, fault);
    this.holdings.remove(holding);
    this.wake();
  }

  async #end(): Promise<void> {
    await this.#claims.stop();
    await Promise.race([this.#allDone(), this.#cut.then(() => pause(graceMs, null, { ref: false }))]);
    await this.#heartbeat.stop();
    this.#recover();
    await this.#leave().catch((error: unknown) => this.#parts.log(`steps were left to be taken over: ${String(error)}`));
    await this.#listener?.close();
    await this.#pool.end();
  }

  async #allDone(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #leave(): Promise<void> {
    const { executor } = this.#parts;
    await this.#ask((pool) =>
      pool.query(`select jidoka.give_back($1, array(select token from jidoka.step where state = 'held' and executor = $1), null)`, [
        executor.id,
      ]),
    );
    await retire(this.#ask, executor.id);
  }
}
