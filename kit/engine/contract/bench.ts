import type { Control } from '../../../src/core/ports/control.ts';
import { stopReason, type StopReason } from '../../../src/core/ports/abort.ts';
import type { Engine, HeldStep, NewStep, NewWork, Offer, Service } from '../../../src/core/ports/engine.ts';
import type { Tx } from '../../../src/core/ports/tx.ts';

/** An engine under test, with what may befall its process. */
export interface EngineUnderTest {
  readonly engine: Engine;
  /** The process is gone, and nothing of it was put in order. */
  die(): Promise<void>;
  /** Others take it for dead, though it lives. */
  beTakenForDead(): Promise<void>;
}

/** Engines of one factory under test, and the control they obey. */
export interface EnginesUnderTest {
  open(): Promise<EngineUnderTest>;
  readonly control: Control;
  close(): Promise<void>;
}

const patienceMs = 25_000;

/** What a test works with: names of its own, hands to do steps, and a desk that does none. */
export class Bench {
  readonly name = `t${crypto.randomUUID().slice(0, 8)}`;
  readonly desk: Engine;
  readonly control: Control;
  readonly #under: EnginesUnderTest;
  readonly #hands: Hands[] = [];
  readonly #works: string[] = [];

  static async open(under: EnginesUnderTest): Promise<Bench> {
    return new Bench(under, (await under.open()).engine);
  }

  private constructor(under: EnginesUnderTest, desk: Engine) {
    this.#under = under;
    this.control = under.control;
    this.desk = desk;
  }

  /** Hands of a new process, which serve only the queue of this test where nothing else is said. */
  async hands(offer: Partial<Offer> = {}): Promise<Hands> {
    const hands = new Hands(await this.#under.open(), { ...usualOffer, queues: [this.name], ...offer });
    this.#hands.push(hands);
    return hands;
  }

  step(id: string, change: Partial<NewStep> = {}): NewStep {
    return { ...usualStep, id, queue: this.name, ...change };
  }

  /** Puts a work with its steps, and gives its id. */
  async put(steps: readonly NewStep[], change: Partial<NewWork> = {}): Promise<string> {
    const work = this.work(change);
    await this.desk.transaction(async (tx) => {
      await this.desk.submit(work, tx);
      await this.desk.plan(work.id, steps, tx);
    });
    return work.id;
  }

  work(change: Partial<NewWork> = {}): NewWork {
    const id = change.id ?? `${this.name}-${this.#works.length}`;
    this.#works.push(id);
    return { id, kind: 'run', line: this.name, repository: '', parent: null, input: null, ...change };
  }

  plan(work: string, steps: readonly NewStep[]): Promise<void> {
    return this.desk.transaction((tx) => this.desk.plan(work, steps, tx));
  }

  /** Why a step waits, as people are told. */
  async reasons(work: string, step: string): Promise<readonly string[]> {
    const view = await this.desk.work(work);
    return view?.steps.find(({ id }) => id === step)?.held ?? ['it is not there'];
  }

  /** Leaves nothing behind that another test could meet. */
  async clear(): Promise<void> {
    for (const { scope } of await this.control.pauses()) await this.control.unpause(scope);
    for (const { key } of await this.control.limits()) await this.control.setLimit({ key, atOnce: null, rate: null, by: 'operator' });
    for (const { id } of await this.control.reviews()) await this.control.reviewed(id, 'test');
    await Promise.all(this.#hands.map((hands) => hands.close()));
    for (const work of this.#works) await this.desk.transaction((tx) => this.desk.end(work, null, tx)).catch(() => {});
    await this.desk.close();
  }
}

const usualOffer: Offer = { role: 'worker', name: null, queues: null, labels: [], atOnce: 10, version: '1.2.3' };
const usualStep: NewStep = {
  id: '',
  queue: '',
  slots: [],
  rates: [],
  scopes: [],
  starts: false,
  labels: [],
  priority: 100,
  notBefore: null,
};

/** A process that does steps as the test tells it. */
export class Hands {
  readonly engine: Engine;
  readonly service: Service;
  readonly under: EngineUnderTest;
  /** Steps in the order taken. */
  readonly taken: Held[] = [];
  #seen = 0;
  #wake: () => void = () => {};
  #isDead = false;
  #isClosed = false;

  constructor(under: EngineUnderTest, offer: Offer) {
    this.under = under;
    this.engine = under.engine;
    this.service = under.engine.serve(offer, (step, signal) => this.#perform(step, signal));
  }

  /** The next step taken. */
  async next(): Promise<Held> {
    for (;;) {
      const held = this.taken[this.#seen];
      if (held !== undefined) {
        this.#seen += 1;
        return held;
      }
      await soon(new Promise<void>((resolve) => (this.#wake = resolve)), 'no step was taken');
    }
  }

  /** The next steps taken, by id in the order taken. */
  async ids(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    while (ids.length < count) ids.push((await this.next()).step.id);
    return ids;
  }

  async die(): Promise<void> {
    this.#isDead = true;
    await this.under.die();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const held of this.taken) held.leave();
    if (!this.#isDead) await this.engine.close();
  }

  #perform(step: HeldStep, signal: AbortSignal): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.taken.push(new Held(this.engine, { step, signal }, { resolve, reject }));
      this.#wake();
    });
  }
}

/** A step in hand. */
export class Held {
  readonly step: HeldStep;
  readonly signal: AbortSignal;
  readonly #engine: Engine;
  readonly #end: { resolve(): void; reject(error: unknown): void };

  constructor(engine: Engine, held: Pick<Held, 'step' | 'signal'>, end: { resolve(): void; reject(error: unknown): void }) {
    this.#engine = engine;
    this.step = held.step;
    this.signal = held.signal;
    this.#end = end;
  }

  /** Takes the step away, with more in the same transaction, and returns. */
  async finish(more: (tx: Tx) => Promise<unknown> = async () => {}): Promise<void> {
    await this.try((tx) => this.#engine.finish(this.step, tx).then(() => more(tx)));
    this.leave();
  }

  /** Defers the step by so many milliseconds, and returns. */
  async defer(ms: number): Promise<void> {
    await this.try((tx) => this.#engine.defer(this.step, new Date(Date.now() + ms).toISOString(), tx));
    this.leave();
  }

  try(work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    return this.#engine.transaction(work);
  }

  /** Returns, whatever has become of the step. */
  leave(): void {
    this.#end.resolve();
  }

  fail(error: unknown): void {
    this.#end.reject(error);
  }

  /** Why it is told to stop, once it is. */
  async stopped(): Promise<StopReason | null> {
    const { signal } = this;
    await soon(
      new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }))),
      'the signal was not aborted',
    );
    return stopReason(signal);
  }
}

/** Fails where something takes too long. */
export async function soon<T>(promise: Promise<T>, complaint: string, withinMs = patienceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint} within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
