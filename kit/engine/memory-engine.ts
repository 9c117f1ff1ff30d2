import type { Engine, ExecutorView } from '../../src/core/ports/engine.ts';
import { memoryPlant, type MemoryPlant } from './memory-plant.ts';
import { MemoryService } from './memory-service.ts';
import { broken, giveBack, ownStep, planSteps, reap } from './memory-steps.ts';
import { rollbackWith } from '../tx/index.ts';
import { holdsOf, viewWork } from './memory-view.ts';

/** An engine in memory, with what may befall a process. */
export interface MemoryEngine extends Engine {
  /** Its process dies: what it held goes to others. */
  die(): Promise<void>;
  /** Others take it for dead, though it lives. */
  beTakenForDead(): Promise<void>;
}

/**
 * Makes an engine that lives in this process and passes the same conformance suite as the real one. Engines on the same
 * plant are processes of one factory.
 *
 * @example
 * const plant = memoryPlant();
 * const engine = memoryEngine(plant);
 * const control = memoryControl(plant);
 */
export function memoryEngine(plant: MemoryPlant = memoryPlant()): MemoryEngine {
  const executor: string = crypto.randomUUID();
  let service: MemoryService | null = null;
  const enlist = (change: Partial<ExecutorView>): void => {
    const idle = { role: 'idle', name: '', version: '', queues: null, labels: [], atOnce: 0 } as const;
    plant.executors.set(executor, { ...idle, id: executor, host: 'memory', pid: 0, isLive: true, since: plant.clock.now(), ...change });
  };
  enlist({});

  return {
    executor,
    transaction: (work) => plant.transaction(work),
    ...stepVerbs(plant, (token) => service?.leave(token) ?? (() => {})),
    work: async (id) => {
      const work = plant.read().works.get(id);
      return work === undefined ? null : viewWork(plant, work);
    },
    serve(offer, perform) {
      if (service?.isStopped === false) throw broken('This process serves already.');
      enlist({ ...offer, name: offer.name ?? 'memory' });
      service = new MemoryService({ plant, executor, offer, perform });
      return service;
    },
    executors: async () => [...plant.executors.values()].map((one) => ({ ...one, holds: holdsOf(plant, one.id) })),
    async close() {
      await service?.stop('at-once');
      plant.executors.delete(executor);
    },
    async die() {
      service?.die();
      plant.executors.delete(executor);
      await plant.change(undefined, (state) => reap(state, executor));
    },
    beTakenForDead: () => plant.change(undefined, (state) => reap(state, executor)),
  };
}

type StepVerbs = Pick<Engine, 'submit' | 'plan' | 'end' | 'hold' | 'finish' | 'defer'>;

/** `leave` hears of tokens that a transaction takes away, and gives what to call where it does not. */
function stepVerbs(plant: MemoryPlant, leave: (token: string) => () => void): StepVerbs {
  return {
    submit: (work, tx) =>
      plant.change(tx, (state) => {
        if (state.works.has(work.id)) return 'exists';
        state.count += 1;
        const input = JSON.stringify(work.input);
        state.works.set(work.id, { ...work, input, ordinal: state.count, state: 'open', output: 'null', failure: '', steps: [] });
        return 'new';
      }),
    plan: (work, steps, tx) => plant.change(tx, (state) => planSteps(state, { work, steps }, plant.nowMs)),
    end: (id, output, tx) =>
      plant.change(tx, (state) => {
        const work = state.works.get(id);
        if (work === undefined) throw broken(`Work ${id} was ended, which does not exist.`);
        if (work.state !== 'ended') Object.assign(work, { state: 'ended', output: JSON.stringify(output), failure: '', steps: [] });
      }),
    hold: (step, tx) => plant.change(tx, (state) => void ownStep(state, step)),
    finish: (held, tx) =>
      plant.change(tx, (state) => {
        const { work, step } = ownStep(state, held);
        work.steps = work.steps.filter((one) => one !== step);
        rollbackWith(tx, leave(held.token));
      }),
    defer: (held, until, tx) =>
      plant.change(tx, (state) => {
        const { step } = ownStep(state, held);
        giveBack(state, (one) => one === step, Date.parse(until));
        rollbackWith(tx, leave(held.token));
      }),
  };
}
