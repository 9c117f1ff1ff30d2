import { JidokaError } from '../../core/base/error.ts';
import { find } from '../../core/evidence/run-result.ts';
import type { RunSummary } from '../../core/ports/factory.ts';
import { cancelRun, type RunNeeds } from '../run/index.ts';
import { ofOlderVersion, findRun } from './resume-run.ts';
import { runDetails } from './run-list.ts';

/**
 * Cancels the run whose id begins with a text, and all runs that it started. Throws `run-unknown`, and `usage` where it
 * has ended and nothing is left to stop.
 */
export async function stopRun(text: string, order: { readonly by: string; readonly why: string }, needs: RunNeeds): Promise<RunSummary> {
  const run = await findRun(text, needs.ledger);
  const ended = find(await needs.ledger.read(run), 'run.ended');
  if (ended !== undefined)
    throw new JidokaError('usage', `Run ${run} has ended, in ${ended.verdict}: there is nothing to cancel.`, {
      mend: `Look at it: jidoka show ${run}`,
    });
  if ((await needs.engine.work(run)) === null) throw ofOlderVersion(run);
  await cancelRun(run, order, needs);
  return (await runDetails(needs, run)).summary;
}
