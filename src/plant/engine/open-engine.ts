import type { Engine, HeldStep } from '../../core/ports/engine.ts';
import type { Tx } from '../../core/ports/tx.ts';
import type { EngineDatabase } from './engine-database.ts';
import { broken } from './faults.ts';
import { listExecutors } from './list-executors.ts';
import { ServingProcess } from './serving-process.ts';
import { deferStep, endWork, finishStep, holdStep, planSteps, submitWork } from './steps.ts';
import { transact } from './transactions.ts';
import { viewWork } from './view-work.ts';

export interface EngineOptions {
  readonly database: EngineDatabase;
  readonly log: (message: string) => void;
}

/**
 * Opens the engine of this process and makes it known as an executor. Throws `database-unavailable` or `disk-full`.
 *
 * @example
 * const engine = await openEngine({ database, log: console.error });
 * await engine.transaction(async (tx) => {
 *   await engine.submit(work, tx);
 *   await engine.plan(work.id, [step], tx);
 * });
 * const service = engine.serve(offer, async (held) => engine.transaction((tx) => engine.finish(held, tx)));
 */
export async function openEngine({ database, log }: EngineOptions): Promise<Engine> {
  let service: ServingProcess | null = null;
  const enlisted = await database.enlist((fault) => service?.suffer(fault));
  const me = enlisted.id;
  /** Tokens of steps that open transactions take away. */
  const leaving = new WeakMap<Tx, string[]>();
  const takeAway = (step: HeldStep, tx: Tx): void => {
    leaving.set(tx, [...(leaving.get(tx) ?? []), step.token]);
    service?.holdings.mark([step.token], 'leaving');
  };
  const ended = (tx: Tx, isCommitted: boolean): void => {
    service?.holdings.mark(leaving.get(tx) ?? [], isCommitted ? 'left' : 'in hand');
    leaving.delete(tx);
    if (isCommitted) service?.wake();
  };
  return {
    executor: me,
    transaction: (work) => transact(database, work, ended),
    submit: submitWork,
    plan: (work, steps, tx) => planSteps(me, { work, steps }, tx),
    end: (work, output, tx) => endWork(me, { work, output }, tx),
    hold: holdStep,
    finish(step, tx) {
      takeAway(step, tx);
      return finishStep(me, step, tx);
    },
    defer(step, until, tx) {
      takeAway(step, tx);
      return deferStep(me, { step, until }, tx);
    },
    work: (id) => viewWork(database, id),
    serve(offer, perform) {
      if (service?.isStopped === false) throw broken('This process serves already.');
      service = new ServingProcess({ database, executor: enlisted, offer, perform, log });
      return service;
    },
    executors: () => listExecutors(database),
    async close() {
      await service?.stop('at-once');
      await enlisted.leave();
    },
  };
}
