import { parseRunId } from '../../core/base/ids.ts';
import { fact } from '../../core/evidence/fact.ts';
import { fold } from '../../core/line/state.ts';
import { advanceRun } from './record/advance-run.ts';
import { newEvents, type Keyed } from './record/append.ts';
import type { RunNeeds } from './needs.ts';
import { RunInput } from './run-input.ts';

/**
 * Stops a run and every run it waits for: whoever does a step of it is told at once, and it ends in ESCALATE with what
 * was found so far. Returns whether there was anything to stop.
 */
export async function cancelRun(run: string, order: { readonly by: string; readonly why: string }, needs: RunNeeds): Promise<boolean> {
  const work = await needs.engine.work(run);
  if (work === null || work.kind !== 'run' || work.state === 'ended') return false;
  const input = RunInput.parse(work.input);
  const children = await needs.engine.transaction(async (tx) => {
    // Appending nothing takes the run's row, so that what is read next stays true until the end of the transaction.
    await needs.ledger.append(parseRunId(run), [], tx);
    const state = fold((await needs.ledger.read(parseRunId(run), tx)).map(({ body }) => body));
    if (state.cancelled || state.verdict !== null) return null;
    await needs.ledger.append(parseRunId(run), newEvents(cancellation(order), needs.clock.now(), order.by), tx);
    await advanceRun(input, needs, tx);
    return [...state.waiting.values()].flatMap((wait) => (wait.kind === 'runs' ? wait.runs.filter((child) => !state.children.has(child)) : []));
  });
  for (const child of children ?? []) await cancelRun(child, { ...order, why: `${order.why} (with ${run})` }, needs);
  return children !== null;
}

function cancellation({ by, why }: { readonly by: string; readonly why: string }): readonly Keyed[] {
  const summary = `${by} cancelled the run${why === '' ? '' : `: ${why}`}.`;
  const found = fact('person', 'broken', 'cancelled', summary, { gate: null, choice: 'cancel', by, note: why });
  return [
    ['run/cancelled', { type: 'run.cancelled', by, why }],
    // Of no stage of the line, so that no rework makes it not count.
    ['run/cancelled/fact', { type: 'fact.found', stage: 'run', fact: found }],
  ];
}
