import { JidokaError } from '../../core/base/error.ts';
import { find } from '../../core/evidence/run-result.ts';
import { personOnly } from '../../core/gate/person-only.ts';
import type { JudgedRun, Judgement } from '../../core/ports/desks/routing-desk.ts';
import { findRun } from '../dispatch/index.ts';
import { newEvents } from '../run/index.ts';
import type { RoutingNeeds } from './needs.ts';

/**
 * Puts on record what a person found of the result of a run; what is said last counts, and what was said already is not said again.
 * Throws `run-unknown`, `access-refused` for an agent, and `judgement-refused` for a run that has no result yet, or never came to one.
 */
export async function judgeRun(
  text: string,
  { right, why, actor }: Judgement,
  { ledger, engine, clock }: Pick<RoutingNeeds, 'ledger' | 'engine' | 'clock'>,
): Promise<JudgedRun> {
  personOnly(actor, 'say whether a result is right');
  const run = await findRun(text, ledger);
  return await engine.transaction(async (tx) => {
    // Appending nothing takes the run's row: of two who judge at once the second sees what the first said.
    await ledger.append(run, [], tx);
    const events = await ledger.read(run, tx);
    const verdict = resultOf(run, find(events, 'run.ended')?.verdict);
    const said = events.filter(({ body }) => body.type === 'outcome.judged');
    const before = find(said, 'outcome.judged');
    const judged = { run, verdict, right, why, by: actor.name };
    if (before?.right === right && before.why === why && before.by === actor.name) return { ...judged, changed: false };
    const body = { type: 'outcome.judged', right, why, by: actor.name } as const;
    await ledger.append(run, newEvents([[`outcome/${said.length + 1}`, body]], clock.now(), actor.name), tx);
    return { ...judged, changed: true };
  });
}

function resultOf(run: string, verdict: JudgedRun['verdict'] | undefined): JudgedRun['verdict'] {
  if (verdict === undefined)
    throw new JidokaError('judgement-refused', `Run ${run} has not ended: there is no result to judge.`, {
      mend: `Wait for it, or answer its gate: jidoka watch ${run}, jidoka gates`,
    });
  if (verdict !== 'RETRYABLE_FAILURE') return verdict;
  throw new JidokaError('judgement-refused', `Run ${run} ended in RETRYABLE_FAILURE: it came to no result that could be right or wrong.`, {
    mend: 'Run the job again.',
  });
}
