import type { Running } from '../../kit/scenario/index.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import { isAt, type Boundary, type Cast, type Role } from './boundaries.ts';
import type { Chance } from './chance.ts';
import { lineFile, type House } from './house.ts';

/** One kill, or one stop, and when it was. */
export interface Kill {
  readonly atMs: number;
  readonly victim: 'worker' | 'postmaster' | 'stopped';
  /** Pid of a worker; 0 for a server. */
  readonly pid: number;
}

/** What is done to a run while it is under way. */
export type Disturb = (trial: Trial) => Promise<void>;

/** Longer than any run of a trial takes on a machine that does little else. */
const patienceMs = 180_000;
const answerMs = 250;

/** One run through a house, from its request to its end, and what was done to it. */
export class Trial {
  readonly house: House;
  readonly key: string;
  readonly chance: Chance;
  readonly kills: Kill[] = [];
  /** Boundaries right after which something was killed. */
  readonly met: Boundary[] = [];
  /** Where the reader was when it began. */
  readonly from: number;
  /** Instants at which one or several were killed or stopped. */
  instants = 0;
  request = '';
  /** Set while the answer to the gate is left to the one who disturbs. */
  holdsGate = false;
  readonly #cast = new Map<string, Role>();

  constructor(house: House, key: string, chance: Chance) {
    this.house = house;
    this.key = key;
    this.chance = chance;
    this.from = house.reader.read.length;
  }

  /** Asks for the run, disturbs it, and waits for its end. Throws where it does not come to one. */
  async live(workers: number, disturb: Disturb): Promise<void> {
    await this.house.staff(workers);
    await this.#submit();
    // The gate is answered as soon as it is open, whoever is dead then.
    const answered = this.#answerGate().then(
      () => null,
      (error: unknown) => error,
    );
    try {
      await disturb(this);
      await this.house.staff(workers);
      await this.until(({ run, body }) => this.cast.get(run) === 'whole' && body.type === 'run.ended', 'the end of the run');
      await this.#settled();
    } finally {
      this.holdsGate = false;
    }
    const fault = await answered;
    if (fault !== null) throw fault;
  }

  /** Asks for a run that is cancelled as soon as its baseline is there for others to take over. */
  async leaveBaseline(): Promise<void> {
    await this.#submit();
    const taken = await this.until(({ body }) => body.type === 'stage.completed' && body.stage === 'baseline', 'the baseline');
    await this.house.ask(['cancel', taken.run]);
    await this.until(({ run, body }) => run === taken.run && body.type === 'run.ended', 'the end of the first run');
    await this.#settled();
  }

  /** Who is who among the runs that were seen so far. */
  get cast(): Cast {
    for (const event of this.events()) {
      if (event.body.type !== 'run.started' || this.#cast.has(event.run)) continue;
      const { seed, parent } = event.body;
      if (parent === undefined && seed.key === this.key) this.#cast.set(event.run, 'whole');
      if (parent !== undefined && this.#cast.get(parent) === 'whole' && seed.kind === 'task') this.#cast.set(event.run, roleOf(seed.title));
    }
    return this.#cast;
  }

  /** What the reader has read since the trial began. */
  events(): readonly LedgerEvent[] {
    return this.house.reader.read.slice(this.from);
  }

  /** Waits for an event of this trial. */
  async until(question: (event: LedgerEvent) => boolean, what: string): Promise<LedgerEvent> {
    const event = await this.house.reader.until(question, { from: this.from, withinMs: patienceMs });
    if (event === null) throw new Error(`${what} did not come within ${patienceMs / 1000} s; ${await this.#standing()}`);
    return event;
  }

  /** Waits for a boundary; false where it was there before, so that its instant is gone. */
  async meets(boundary: Boundary): Promise<boolean> {
    const isMet = (event: LedgerEvent): boolean => isAt(boundary, event, this.cast);
    const isLate = this.events().some(isMet);
    if (!isLate) await this.until(isMet, `${boundary.role} ${boundary.key}`);
    return !isLate;
  }

  async killWorker(worker: Running): Promise<void> {
    this.kills.push({ atMs: Date.now(), victim: 'worker', pid: worker.pid });
    await this.house.killWorker(worker);
  }

  /** False where no server is there to be killed. */
  async killPostmaster(): Promise<boolean> {
    const atMs = Date.now();
    const isKilled = await this.house.killPostmaster();
    if (isKilled) this.kills.push({ atMs, victim: 'postmaster', pid: 0 });
    return isKilled;
  }

  async #submit(): Promise<void> {
    const { house, key } = this;
    const task = ['run', 'task', '--line', lineFile, '--title', `Mend ${key}`, '--key', key, '--repo', house.target.path, '--detach'];
    this.request = (await house.ask<{ readonly request: string }>(task)).request;
  }

  async #answerGate(): Promise<void> {
    const isRest = ({ type }: EventBody): boolean => type === 'gate.opened' || type === 'run.ended';
    const { body } = await this.until((event) => this.cast.get(event.run) === 'whole' && isRest(event.body), 'the gate');
    if (body.type !== 'gate.opened') throw new Error('the run ended before its gate');
    const { gate } = body;
    while (this.holdsGate) await this.house.reader.until(() => false, { from: this.from, withinMs: answerMs });
    for (;;) {
      const { state } = await this.house.ask<{ readonly state: string }>(['gates', gate]).catch(() => ({ state: 'unknown' }));
      if (state !== 'open' && state !== 'unknown') return;
      // A server that dies meanwhile leaves it open what became of the answer: then it is asked again.
      if (state === 'open') await this.house.ask(['approve', gate]).catch(() => undefined);
    }
  }

  /** The request itself ends a moment after the run that it follows. */
  async #settled(): Promise<void> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const { rows } = await this.house.database.attempt((pool) =>
        pool.query<{ state: string }>('select state from jidoka.work where id = $1', [this.request]),
      );
      if (rows[0]?.state !== 'open') return;
      if (Date.now() > end) throw new Error(`the request did not end; ${await this.#standing()}`);
      await this.house.reader.until(() => false, { from: this.from, withinMs: answerMs });
    }
  }

  async #standing(): Promise<string> {
    const { rows } = await this.house.database.attempt((pool) =>
      pool.query<{ text: string }>(
        `select s.work || ' ' || s.id || ' ' || s.state || coalesce(' by ' || s.executor, '') as text from jidoka.step s
          union all select id || ' failed: ' || coalesce(failure, '') from jidoka.work where state = 'failed'`,
      ),
    );
    const last = this.events().at(-1);
    return `steps: ${rows.map(({ text }) => text).join('; ') || 'none'}; last event: ${last?.run} ${last?.key}`;
  }
}

function roleOf(title: string): Role {
  if (title === 'one' || title === 'two' || title === 'three') return title;
  throw new Error(`a run "${title}" was started that the line has no item for`);
}
