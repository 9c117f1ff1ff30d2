import type { Offer } from '../../core/ports/engine.ts';
import type { Ask, EngineDatabase, Enlisted } from './engine-database.ts';
import type { Holding, Holdings } from './holdings.ts';
import { Observations, type Seen } from './observations.ts';
import { register } from './register.ts';
import { WakefulLoop } from './wakeful-loop.ts';

interface HeartbeatParts {
  readonly database: EngineDatabase;
  readonly executor: Enlisted;
  readonly offer: Offer;
  readonly log: (message: string) => void;
  readonly ask: Ask;
  readonly holdings: Holdings;
  /** Called when there may be something to take. */
  readonly wake: () => void;
  /** Called after each beat that the database took. */
  readonly alive: () => void;
}

interface Beat {
  readonly known: boolean;
  /** Tokens of the steps that are this process's. */
  readonly tokens: readonly string[];
  readonly others: readonly Seen[];
}

const beatMs = 1_000;
/** A process that has not looked for this long may have been taken for dead, and its steps be done by others already. */
const stalledMs = 8_000;
/** Starts that count for no rate any more are removed once in so many beats. */
const beatsPerPruning = 300;

/**
 * Shows each second that this process goes on, learns which of its steps it has no more, and takes over from processes
 * that died or stand still.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #loop: WakefulLoop;
  readonly #observations = new Observations();
  #claims = 0;
  #claimsOpen = 0;
  #beats = 0;
  #lastMs = performance.now();

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#loop = new WakefulLoop(() => this.#turn());
  }

  wake(): void {
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Steps that are just being taken are in nobody's hands yet, and not given back meanwhile. */
  async whileClaiming<T>(claiming: () => Promise<T>): Promise<T> {
    this.#claims += 1;
    this.#claimsOpen += 1;
    try {
      return await claiming();
    } finally {
      this.#claimsOpen -= 1;
    }
  }

  async #turn(): Promise<number> {
    const startMs = performance.now();
    try {
      await this.#beat();
    } catch (error) {
      this.#parts.log(`the heartbeat failed: ${String(error)}`);
    }
    return Math.max(0, beatMs - (performance.now() - startMs));
  }

  async #beat(): Promise<void> {
    const { ask, executor, offer, holdings } = this.#parts;
    const [before, claims, quiet] = [holdings.all(), this.#claims, this.#claimsOpen === 0];
    const reply = await ask((pool) =>
      pool.query<{ beat: Beat }>({ name: 'jidoka-beat', text: 'select jidoka.beat($1) as beat', values: [executor.id] }),
    );
    const { known, tokens, others } = reply.rows[0]?.beat ?? { known: true, tokens: [], others: [] };
    this.#parts.alive();
    const lagMs = performance.now() - this.#lastMs;
    this.#lastMs = performance.now();
    const mine = new Set(tokens);
    await this.#tellWhoLost(
      before.filter(({ step, state }) => state === 'in hand' && !mine.has(step.token)),
      lagMs > stalledMs,
    );
    if (quiet && claims === this.#claims) await this.#giveBack(tokens.filter((token) => holdings.get(token) === undefined));
    if (!known) await register(ask, executor, offer);
    await this.#watch(others, lagMs);
    this.#beats += 1;
    if (this.#beats % beatsPerPruning === 0) await ask((pool) => pool.query('select jidoka.prune_starts()'));
  }

  /** Aborts what this process does for nothing: its step is gone, or another's. */
  async #tellWhoLost(losses: readonly Holding[], wasStalled: boolean): Promise<void> {
    if (losses.length === 0) return;
    const { rows } = await this.#parts.ask((pool) =>
      pool.query<{ work: string; id: string }>(
        'select work, id from jidoka.step where (work, id) in (select * from unnest($1::text[], $2::text[]))',
        [losses.map(({ step }) => step.work), losses.map(({ step }) => step.id)],
      ),
    );
    for (const { step, controller, state } of losses) {
      const isThere = rows.some(({ work, id }) => work === step.work && id === step.id);
      // A transaction of its own may have taken it away meanwhile.
      if (state === 'in hand') controller.abort(isThere || wasStalled ? 'lost' : 'withdrawn');
    }
  }

  /** Steps that were taken without anybody hearing of it: the answer was lost with a connection. */
  async #giveBack(tokens: readonly string[]): Promise<void> {
    if (tokens.length === 0) return;
    const { ask, executor, wake } = this.#parts;
    await ask((pool) => pool.query('select jidoka.give_back($1, $2, null)', [executor.id, tokens]));
    wake();
  }

  async #watch(others: readonly Seen[], lagMs: number): Promise<void> {
    const still = this.#observations.standingStill(others, { nowMs: performance.now(), lagMs });
    for (const other of others) {
      const isDead = !other.locked && !(await this.#parts.database.isLive(other.id));
      if (isDead) await this.#takeOver(other.id, null);
      else if (still.has(other.id)) await this.#takeOver(other.id, other.beat);
    }
  }

  async #takeOver(from: string, seen: number | null): Promise<void> {
    const { ask, executor, log, wake } = this.#parts;
    const { rows } = await ask((pool) =>
      pool.query<{ taken: string }>('select jidoka.reap($1, $2, $3) as taken', [executor.id, from, seen]),
    );
    if (Number(rows[0]?.taken ?? 0) === 0) return;
    log(`steps of executor ${from} are taken over: it ${seen === null ? 'died' : 'stands still'}`);
    wake();
  }
}
