import type { RunId } from '../../core/base/ids.ts';
import { find, runResult } from '../../core/evidence/run-result.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { RunDetails, RunSummary } from '../../core/ports/factory.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { findRun } from './resume-run.ts';

/** Whether a live process works on a run; the engine's to say. */
export type IsUnderWay = (run: RunId) => Promise<boolean>;

/** Summaries of the newest runs, newest first. */
export async function runSummaries(
  ledger: Ledger,
  isUnderWay: IsUnderWay,
  filter: { readonly limit?: number; readonly line?: string },
): Promise<readonly RunSummary[]> {
  const rows = await ledger.runs(filter);
  return await Promise.all(rows.map(async ({ run }) => summaryOf(run, await ledger.read(run), isUnderWay)));
}

/** One run, whole. Throws `run-unknown`. */
export async function runDetails(ledger: Ledger, isUnderWay: IsUnderWay, text: string): Promise<RunDetails> {
  const run = await findRun(text, ledger);
  const events = await ledger.read(run);
  return { summary: await summaryOf(run, events, isUnderWay), result: runResult(events), events };
}

async function summaryOf(run: RunId, events: readonly LedgerEvent[], isUnderWay: IsUnderWay): Promise<RunSummary> {
  const started = find(events, 'run.started');
  const decided = find(events, 'verdict.decided');
  const ended = find(events, 'run.ended') !== undefined;
  return {
    run,
    line: started?.line.name ?? '',
    title: started === undefined ? run : seedTitle(started.seed),
    repository: started?.seed.repository.location ?? '',
    startedAt: events.at(0)?.at ?? '',
    endedAt: ended ? (events.at(-1)?.at ?? null) : null,
    state: ended ? 'ended' : (await isUnderWay(run)) ? 'running' : 'interrupted',
    verdict: decided?.verdict ?? null,
    reasonCode: decided?.reason.code ?? null,
  };
}
