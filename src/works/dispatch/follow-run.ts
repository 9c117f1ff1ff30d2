import { JidokaError } from '../../core/base/error.ts';
import type { RunId } from '../../core/base/ids.ts';
import type { EventBody, LedgerEvent } from '../../core/evidence/event.ts';
import { runResult } from '../../core/evidence/run-result.ts';
import type { WorkView } from '../../core/ports/engine.ts';
import type { Progress, RunResult } from '../../core/ports/factory.ts';
import type { RunNeeds } from '../run/index.ts';
import type { Crew } from './crew.ts';
import { notResting, restingOn, restOf, type Resting } from './rest-of.ts';

const lookMs = 1000;

export interface Following {
  readonly run: RunId;
  /** Events that are known already; those after them are told. */
  readonly seen: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for a run to end, whoever works on it, and folds its result from the ledger. Where no worker lives this
 * process does the steps itself. Throws `engine-failed` where the factory failed on the run, the fault of the
 * surroundings that keeps this process from its work, and `interrupted` on a signal.
 */
export async function followRun(following: Following, needs: RunNeeds, crew: Crew): Promise<RunResult> {
  const { run, signal } = following;
  const quiet = new AbortController().signal;
  let seen = following.seen;
  let own = false;
  let resting = notResting;
  for (;;) {
    if (signal?.aborted) throw interrupted(run);
    const view = await needs.engine.work(run);
    const events = await needs.ledger.read(run);
    const isEnded = view === null || view.state === 'ended';
    for (const progress of foreignProgress(run, events, seen, needs)) needs.progress(progress);
    seen = events.length;
    if (isEnded) return resultOf(run, events);
    if (view.state === 'failed') throw failed(view);
    const wasOwn: boolean = own;
    own ||= await takeOn(view, needs, crew);
    const fault = own ? crew.service()?.faultOf(run) : null;
    if (fault !== null && fault !== undefined) throw fault;
    // That nobody was there to do it is no news once this process does.
    if (own === wasOwn) resting = tellRest(view, events, { needs, resting, run });
    await needs.feed.wait(lookMs, signal ?? quiet);
  }
}

/** True where this process is to do the steps: nobody lives who takes whatever comes. */
async function takeOn(view: WorkView, needs: RunNeeds, crew: Crew): Promise<boolean> {
  const executors = await needs.engine.executors();
  if (executors.some(({ role, isLive }) => role === 'worker' && isLive)) return false;
  const own = crew.service();
  own?.include(view.id);
  return own !== null;
}

interface Telling {
  readonly needs: RunNeeds;
  readonly resting: Resting;
  readonly run: RunId;
}

function tellRest(view: WorkView, events: Parameters<typeof restOf>[1], { needs, resting, run }: Telling): Resting {
  const rest = restOf(view, events);
  const now = restingOn(rest, resting, needs.clock.monotonicMs());
  const isNews = now.isTold && !(resting.isTold && resting.reason === now.reason);
  if (rest !== null && isNews) needs.progress({ kind: 'waits', run, reason: rest.reason, gate: rest.gate });
  return now;
}

/** The result of a run that has ended. */
export function resultOf(run: RunId, events: Parameters<typeof runResult>[0]): RunResult {
  const result = runResult(events);
  if (result !== null) return result;
  throw new JidokaError('invariant', `Run ${run} ended without a result in the ledger.`, { mend: `Look at it: jidoka show ${run} --json` });
}

function failed({ id, failure }: WorkView): JidokaError {
  return new JidokaError('engine-failed', `Run ${id} failed: ${failure}`, {
    mend: `Nothing is lost: \`jidoka resume ${id}\` tries again where it stopped. If it fails again, report it as a bug of jidoka.`,
  });
}

function interrupted(run: RunId): JidokaError {
  return new JidokaError('interrupted', `Waiting for run ${run} was interrupted.`, { mend: `Go on with it: jidoka resume ${run}` });
}

/** What others did of a run since; what this process does it tells as it goes. */
function foreignProgress(run: RunId, events: readonly LedgerEvent[], seen: number, { engine }: RunNeeds): readonly Progress[] {
  const doers = new Map<string, string>();
  return events.flatMap(({ body }, at) => {
    if (body.type === 'stage.started') doers.set(body.stage, body.where.executor);
    const isOwn = 'stage' in body && doers.get(body.stage) === engine.executor;
    return at < seen || isOwn ? [] : progressOf(run, body);
  });
}

function progressOf(run: RunId, body: EventBody): Progress[] {
  switch (body.type) {
    case 'stage.started':
      return [{ kind: 'stage', run, stage: body.stage, state: 'started', message: '' }];
    case 'stage.completed':
      return [{ kind: 'stage', run, stage: body.stage, state: body.outcome === 'failed' ? 'failed' : 'done', message: body.summary }];
    case 'stage.retried':
      return [{ kind: 'note', run, message: `${body.stage}: ${body.message}` }];
    case 'rework.ordered':
      return [{ kind: 'note', run, message: `${body.from} sends the work back to ${body.to}: ${body.objection}` }];
    default:
      return [];
  }
}
