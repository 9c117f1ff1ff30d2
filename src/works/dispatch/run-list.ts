import type { RunId } from '../../core/base/ids.ts';
import { lastJudged } from '../../core/gate/last-judged.ts';
import { find, runResult } from '../../core/evidence/run-result.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { RunDetails, RunSummary } from '../../core/ports/factory.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { restOf } from './rest-of.ts';
import { findRun } from './resume-run.ts';

/** What a list of runs is made of. */
export interface RunSources {
  readonly ledger: Ledger;
  readonly engine: Engine;
}

/** Summaries of the newest runs, newest first. */
export async function runSummaries(
  sources: RunSources,
  filter: { readonly limit?: number; readonly line?: string },
): Promise<readonly RunSummary[]> {
  const rows = await sources.ledger.runs(filter);
  return await Promise.all(rows.map(async ({ run }) => summaryOf(run, await sources.ledger.read(run), sources.engine)));
}

/** One run, whole. Throws `run-unknown`. */
export async function runDetails(sources: RunSources, text: string): Promise<RunDetails> {
  const run = await findRun(text, sources.ledger);
  const events = await sources.ledger.read(run);
  return { summary: await summaryOf(run, events, sources.engine), result: runResult(events), judged: lastJudged(events), events };
}

async function summaryOf(run: RunId, events: readonly LedgerEvent[], engine: Engine): Promise<RunSummary> {
  const started = find(events, 'run.started');
  const decided = find(events, 'verdict.decided');
  const ended = find(events, 'run.ended') !== undefined;
  return {
    run,
    line: started?.line.name ?? '',
    title: started === undefined ? run : seedTitle(started.seed),
    repository: started?.seed.repository.location ?? '',
    startedAt: events.at(0)?.at ?? '',
    endedAt: ended ? (events.findLast(({ body }) => body.type === 'run.ended')?.at ?? null) : null,
    ...(ended ? { state: 'ended', waitsFor: '' } : await standingOf(run, events, engine)),
    verdict: decided?.verdict ?? null,
    reasonCode: decided?.reason.code ?? null,
  };
}

/** Where a run that has not ended stands: the engine knows who works on it, the ledger what it waits for. */
async function standingOf(run: RunId, events: readonly LedgerEvent[], engine: Engine): Promise<Pick<RunSummary, 'state' | 'waitsFor'>> {
  const view = await engine.work(run);
  if (view === null) return { state: 'interrupted', waitsFor: '' };
  if (view.state === 'failed') return { state: 'failed', waitsFor: view.failure };
  if (view.steps.some(({ state, isLive }) => state === 'held' && isLive)) return { state: 'running', waitsFor: '' };
  const rest = restOf(view, events);
  if (view.steps.every(({ state, notBefore }) => state === 'waiting' && notBefore !== null))
    return { state: 'waiting', waitsFor: rest?.reason ?? '' };
  const isServed = (await engine.executors()).some(({ role, isLive }) => role === 'worker' && isLive);
  return { state: isServed ? 'queued' : 'interrupted', waitsFor: isServed ? (rest?.reason ?? '') : '' };
}
