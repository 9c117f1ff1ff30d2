import { JidokaError } from '../../core/base/error.ts';
import { parseRunId, type RunId } from '../../core/base/ids.ts';
import { find, runResult } from '../../core/evidence/run-result.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { RunResult } from '../../core/ports/factory.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import type { RunNeeds } from '../run/index.ts';
import type { Crew } from './crew.ts';
import { followRun } from './follow-run.ts';
import { isLeft } from './work-seed.ts';

/**
 * Takes up a run that a dead process left or that failed; joins one that is under way, reports one that ended.
 * Throws `run-unknown`, also for an ambiguous beginning of an id, `engine-failed` for a run that fails again, and
 * `interrupted` on the signal.
 */
export async function resumeRun(text: string, needs: RunNeeds, crew: Crew, signal?: AbortSignal): Promise<RunResult> {
  const run = await findRun(text, needs.ledger);
  const events = await needs.ledger.read(run);
  const ended = runResult(events);
  const seed = find(events, 'run.started')?.seed;
  const view = await needs.engine.work(run);
  if (ended === null && view === null) throw ofOlderVersion(run);
  if (view?.state === 'failed') await needs.control.retry(run);
  const left = view !== null && (view.state === 'failed' || (await isLeft(view, needs)));
  const joined = ended !== null ? 'ended' : left ? 'resumed' : 'under-way';
  needs.progress({ kind: 'run', run, title: seed === undefined ? run : seedTitle(seed), joined });
  const result = ended ?? (await followRun({ run, seen: events.length, ...(signal === undefined ? {} : { signal }) }, needs, crew));
  needs.progress({ kind: 'ended', result });
  return result;
}

/** The one run whose id begins with a text. */
export async function findRun(text: string, ledger: Ledger): Promise<RunId> {
  const exact = parseRunId(text);
  const rows = await ledger.runs({ prefix: text, limit: 6 });
  const [first, ...others] = rows;
  const found = rows.find((row) => row.run === exact) ?? (others.length === 0 ? first : undefined);
  if (found !== undefined) return found.run;
  if (first === undefined)
    throw new JidokaError('run-unknown', `No run "${text}" is in the ledger.`, { mend: 'List the runs: jidoka runs' });
  throw new JidokaError('run-unknown', `"${text}" is the beginning of several runs: ${rows.map((row) => row.run).join(', ')}.`, {
    mend: 'Write more of the id.',
  });
}

/** Refuses what only the engine could do for a run. */
export function ofOlderVersion(run: RunId): JidokaError {
  return new JidokaError('run-unknown', `Run ${run} was begun by an older jidoka, which kept elsewhere what it was started with.`, {
    mend: 'Give the command that began it again: it goes on from what the ledger has of it.',
  });
}
