import { isJidokaError, type ErrorCode } from '../../src/core/base/error.ts';
import type { StopReason } from '../../src/core/ports/abort.ts';
import type { HeldStep, Offer, Perform, Service } from '../../src/core/ports/engine.ts';
import { nextMs } from './memory-obstacles.ts';
import type { MemoryPlant } from './memory-plant.ts';
import { giveBack, isFenced, laneOf, takeSteps, type Lane } from './memory-steps.ts';

interface Holding {
  readonly step: HeldStep;
  readonly lane: Lane;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

interface ServiceParts {
  readonly plant: MemoryPlant;
  readonly executor: string;
  readonly offer: Offer;
  readonly perform: Perform;
}

const surroundings: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['disk-full', 'database-unavailable', 'interrupted']);
const faultDelayMs = 2_000;
const graceMs = 3_000;

/** Takes steps in memory as the real one does: woken by changes and by time. */
export class MemoryService implements Service {
  readonly lost = new Promise<never>(() => {});
  isStopped = false;
  readonly #parts: ServiceParts;
  readonly #held = new Map<string, Holding>();
  /** Tokens that this process's own transactions take away. */
  readonly #leaving = new Set<string>();
  readonly #roots = new Set<string>();
  readonly #faults = new Map<string, unknown>();
  readonly #unlisten: () => void;
  #timer = new AbortController();
  #taking: Promise<void> = Promise.resolve();
  #isTaking = false;
  #again = false;
  #ended: Promise<void> | null = null;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#unlisten = parts.plant.onChange(() => this.#look());
    this.#look();
  }

  include(work: string): void {
    this.#roots.add(work);
    this.#look();
  }

  faultOf(work: string): unknown {
    return this.#faults.get(work) ?? null;
  }

  stop(how: 'at-once' | 'when-done'): Promise<void> {
    this.isStopped = true;
    this.#timer.abort();
    if (how === 'at-once') for (const { controller } of this.#held.values()) controller.abort('stopping' satisfies StopReason);
    const ended = (this.#ended ??= this.#end());
    return how === 'at-once' ? Promise.race([ended, this.#cutShort()]) : ended;
  }

  /** A transaction of this process takes a step away; gives how to say that it did not. */
  leave(token: string): () => void {
    this.#leaving.add(token);
    return () => this.#leaving.delete(token);
  }

  /** The process is gone: nothing of it hears or does anything more. */
  die(): void {
    this.isStopped = true;
    this.#timer.abort();
    this.#unlisten();
  }

  #look(): void {
    this.#tellWhoLost();
    this.#again = true;
    if (!this.isStopped && !this.#isTaking) this.#taking = this.#take();
  }

  async #take(): Promise<void> {
    this.#isTaking = true;
    while (this.#again && !this.isStopped) {
      this.#again = false;
      await this.#takeOnce();
    }
    this.#isTaking = false;
    this.#timer.abort();
    this.#timer = new AbortController();
    const [{ plant }, { signal }] = [this.#parts, this.#timer];
    const waitMs = nextMs(plant, plant.read());
    if (waitMs !== null && !this.isStopped) void plant.clock.sleep(waitMs, signal).then(() => (signal.aborted ? undefined : this.#look()));
  }

  async #takeOnce(): Promise<void> {
    const { plant, executor, offer } = this.#parts;
    const rooms = {
      control: 16 - this.#count('control'),
      requests: 32 - this.#count('requests'),
      stages: offer.atOnce - this.#count('stages'),
    };
    const taker = { executor, offer, rooms, roots: offer.role === 'caller' ? this.#roots : null };
    // What cannot be taken changes nothing, and nobody is told of it.
    if (takeSteps(structuredClone(plant.read()), taker, plant.nowMs).length === 0) return;
    const steps = await plant.change(undefined, (state) => (this.isStopped ? [] : takeSteps(state, taker, plant.nowMs)));
    for (const step of steps) this.#begin(step);
  }

  #begin(step: HeldStep): void {
    const controller = new AbortController();
    const { plant, perform } = this.#parts;
    const queue =
      plant
        .read()
        .works.get(step.work)
        ?.steps.find(({ token }) => token === step.token)?.queue ?? '';
    const done = Promise.resolve()
      .then(() => perform(step, controller.signal))
      .then(
        () => this.#settle(step, controller.signal, { kind: 'returned' }),
        (error: unknown) => this.#settle(step, controller.signal, { kind: 'threw', error }),
      );
    this.#held.set(step.token, { step, lane: laneOf({ queue }), controller, done });
  }

  async #settle(step: HeldStep, signal: AbortSignal, outcome: { kind: 'returned' } | { kind: 'threw'; error: unknown }): Promise<void> {
    const { plant } = this.#parts;
    const error = outcome.kind === 'threw' ? outcome.error : new Error(`Step ${step.id} was done and not taken away.`);
    const isFault = outcome.kind === 'threw' && isJidokaError(error) && surroundings.has(error.code);
    this.#faults.set(step.work, isFault && !signal.aborted ? error : null);
    if (!signal.aborted && !isFenced(error) && this.#isMine(step)) {
      await plant.change(undefined, (state) => {
        const untilMs = isFault ? plant.nowMs + faultDelayMs : null;
        const work = giveBack(state, ({ token }) => token === step.token, untilMs).length > 0 ? state.works.get(step.work) : undefined;
        if (work?.state === 'open' && !isFault)
          Object.assign(work, { state: 'failed', failure: error instanceof Error ? error.message : String(error) });
      });
    }
    this.#held.delete(step.token);
    this.#leaving.delete(step.token);
    this.#look();
  }

  #isMine({ work, token }: HeldStep): boolean {
    return (
      this.#parts.plant
        .read()
        .works.get(work)
        ?.steps.some((step) => step.token === token) === true
    );
  }

  #tellWhoLost(): void {
    for (const { step, controller } of this.#held.values()) {
      if (this.#isMine(step) || this.#leaving.has(step.token)) continue;
      const isThere =
        this.#parts.plant
          .read()
          .works.get(step.work)
          ?.steps.some(({ id }) => id === step.id) === true;
      controller.abort((isThere ? 'lost' : 'withdrawn') satisfies StopReason);
    }
  }

  #count(lane: Lane): number {
    return [...this.#held.values()].filter((holding) => holding.lane === lane).length;
  }

  async #end(): Promise<void> {
    await this.#taking;
    while (this.#held.size > 0) await Promise.all([...this.#held.values()].map(({ done }) => done));
    await this.#leave();
  }

  async #cutShort(): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.#ended, this.#parts.plant.clock.sleep(graceMs, over.signal)]);
    over.abort();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#unlisten();
    const { plant, executor } = this.#parts;
    const view = plant.executors.get(executor);
    if (view !== undefined) plant.executors.set(executor, { ...view, role: 'idle', queues: null, labels: [], atOnce: 0 });
    await plant.change(undefined, (state) => void giveBack(state, (step) => step.executor === executor));
  }
}
