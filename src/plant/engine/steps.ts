import type { Json } from '../../core/base/json.ts';
import type { HeldStep, NewStep, NewWork } from '../../core/ports/engine.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { clientOf } from './client.ts';
import { broken, fenced } from './faults.ts';

/** Registers a work unless there is one of its id. */
export async function submitWork(work: NewWork, tx: Tx): Promise<'new' | 'exists'> {
  const { id, kind, line, repository, parent, input } = work;
  const isNew = await ask<boolean>(tx, 'submit($1, $2, $3, $4, $5, $6)', [id, kind, line, repository, parent, JSON.stringify(input)]);
  return isNew ? 'new' : 'exists';
}

/** Makes the steps of a work exactly these. */
export async function planSteps(me: string, { work, steps }: { work: string; steps: readonly NewStep[] }, tx: Tx): Promise<void> {
  const state = await ask<string>(tx, 'plan($1, $2, $3)', [me, work, JSON.stringify(steps)]);
  if (state === 'unknown') throw broken(`Steps were planned for work ${work}, which does not exist.`);
  if (state === 'ended' && steps.length > 0) throw broken(`Steps were planned for work ${work}, which has ended.`);
}

/** Ends a work; one that has ended keeps its output. */
export async function endWork(me: string, { work, output }: { work: string; output: Json }, tx: Tx): Promise<void> {
  const isKnown = await ask<boolean>(tx, 'end_work($1, $2, $3)', [me, work, JSON.stringify(output)]);
  if (!isKnown) throw broken(`Work ${work} was ended, which does not exist.`);
}

/** Locks the row of a step until the end of the transaction. */
export async function holdStep(step: HeldStep, tx: Tx): Promise<void> {
  const { rowCount } = await clientOf(tx).query('select from jidoka.step where work = $1 and id = $2 and token = $3 for update', [
    step.work,
    step.id,
    step.token,
  ]);
  if (rowCount === 0) throw fenced(step);
}

export async function finishStep(me: string, step: HeldStep, tx: Tx): Promise<void> {
  const isDone = await ask<boolean>(tx, 'finish($1, $2, $3, $4)', [me, step.work, step.id, step.token]);
  if (!isDone) throw fenced(step);
}

export async function deferStep(me: string, { step, until }: { step: HeldStep; until: string }, tx: Tx): Promise<void> {
  const given = await ask<string>(tx, 'give_back($1, $2, $3)', [me, [step.token], until]);
  if (Number(given) === 0) throw fenced(step);
}

async function ask<T>(tx: Tx, call: string, values: readonly unknown[]): Promise<T | undefined> {
  const { rows } = await clientOf(tx).query<{ answer: T }>(`select jidoka.${call} as answer`, [...values]);
  return rows[0]?.answer;
}
