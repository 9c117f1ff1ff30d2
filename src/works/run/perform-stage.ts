import { isJidokaError, type ErrorCode, type JidokaError } from '../../core/base/error.ts';
import type { EventBody, StageOutcome } from '../../core/evidence/event.ts';
import type { Where } from '../../core/evidence/where.ts';
import { fact, failureClasses, type FailureClass } from '../../core/evidence/fact.ts';
import type { Stage } from '../../core/line/line.ts';
import { attemptOf } from '../../core/line/state.ts';
import type { ProcessResult } from '../../core/ports/floor.ts';
import { classifyNpmFailure } from '../mechanic/index.ts';
import { append, newEvents, type Keyed } from './record/append.ts';
import { parseDuration } from '../../core/line/duration.ts';
import type { Job, StageWork } from './job.ts';
import { settle } from './record/settle.ts';
import { stageWorkers } from './stages.ts';
import { nowhere, whereOf } from './where.ts';

type Failed = Extract<StageWork, { kind: 'failed' }>;

/** A stage whose processes died this often is not tried for ever. */
const reclaimsAllowed = 25;

/**
 * Does a stage and records what it came to. A failure of the surroundings is tried again, a bounded number of times
 * and without holding a place meanwhile, and then becomes a fact. What was cut short is no result of the stage.
 */
export async function performStage(stage: Stage, job: Job): Promise<void> {
  const key = `${stage.id}/${attemptOf(job.state, stage.id)}`;
  report(job, stage, 'started', '');
  const refused = await opened(stage, key, job);
  const startedMs = job.needs.clock.monotonicMs();
  const work = refused ?? (isDeadly(job) ? deadly(stage, job) : await workWithin(stage, job));
  job.signal.throwIfAborted();
  if (work.kind === 'failed' && mayTryAgain(stage, job, work)) return await tryLater(stage, key, { job, work });
  const durationMs = Math.round(job.needs.clock.monotonicMs() - startedMs);
  await settle(job, closingEvents(stage, key, { job, work, durationMs }));
  if (work.kind !== 'waits') report(job, stage, work.kind === 'failed' ? 'failed' : 'done', conclude(stage, work, 1).summary);
}

/** Puts the beginning on record; a floor that nothing can be begun on is what the stage comes to. */
async function opened(stage: Stage, key: string, job: Job): Promise<Failed | null> {
  const probed = await whereOf(stage, job).catch((error: unknown) => failureOf(error));
  const where = 'kind' in probed ? nowhere(job) : probed;
  await append(job, openingEvents(stage, key, { job, where }));
  return 'kind' in probed ? probed : null;
}

function report(job: Job, stage: Stage, state: 'started' | 'done' | 'failed', message: string): void {
  job.needs.progress({ kind: 'stage', run: job.run, stage: stage.id, state, message });
}

function openingEvents(stage: Stage, key: string, { job, where }: { readonly job: Job; readonly where: Where }): readonly Keyed[] {
  const { step, needs } = job;
  const lost = step.lost.at(-1);
  const reclaimed: readonly Keyed[] =
    lost === undefined
      ? []
      : [
          [
            `${key}/reclaimed/${step.reclaims}`,
            { type: 'step.reclaimed', step: step.id, executor: lost, by: needs.engine.executor, times: step.reclaims },
          ],
        ];
  const attempt = attemptOf(job.state, stage.id);
  return [...reclaimed, [`${key}/started/${step.token}`, { type: 'stage.started', stage: stage.id, attempt, where }]];
}

function isDeadly({ step }: Job): boolean {
  return step.reclaims > reclaimsAllowed;
}

function deadly(stage: Stage, { step }: Job): Failed {
  const message = `The stage "${stage.id}" was begun ${step.reclaims} times, and each time the process that did it died.`;
  return { kind: 'failed', class: 'crash', command: stage.does, message, events: [], logs: [] };
}

/** Does the work within the stage's deadline. What it comes to after that is of no interest, also where it only throws. */
async function workWithin(stage: Stage, job: Job): Promise<StageWork> {
  if (stage.deadline === undefined) return await workOnce(stage, job);
  const [late, done] = [new AbortController(), new AbortController()];
  const { clock } = job.needs;
  const timer = clock
    .sleep(parseDuration(stage.deadline), done.signal)
    .then(() => (done.signal.aborted ? undefined : late.abort('withdrawn')));
  try {
    const work = await workOnce(stage, { ...job, signal: AbortSignal.any([job.signal, late.signal]) });
    return late.signal.aborted ? overdue(stage) : work;
  } catch (error) {
    if (late.signal.aborted) return overdue(stage);
    throw error;
  } finally {
    done.abort();
    await timer;
  }
}

function overdue({ id, does, deadline }: Stage): Failed {
  const message = `The stage "${id}" did not end within its ${deadline ?? ''}.`;
  return { kind: 'failed', class: 'timeout', command: does, message, events: [], logs: [] };
}

/** Does the stage's work; a machine that lets it down is a failure of the surroundings like any other. */
async function workOnce(stage: Stage, job: Job): Promise<StageWork> {
  try {
    return await stageWorkers[stage.does](stage, job);
  } catch (error) {
    return failureOf(error);
  }
}

/** A fault of the surroundings as a failure; throws what is none. */
function failureOf(error: unknown): Failed {
  const kind = isJidokaError(error) ? classOf(error) : undefined;
  if (kind === undefined || !isJidokaError(error)) throw error;
  const message = error.code === 'no-sandbox' ? `${error.message} ${error.mend}` : error.message;
  return { kind: 'failed', class: kind, command: error.code, message, events: [], logs: [] };
}

/** A setup command fails for what it says, like any other that installs. */
function classOf(error: JidokaError): FailureClass | undefined {
  if (error.code !== 'setup-failed') return surroundings[error.code];
  if (error.data['exit'] === undefined) return 'environment';
  const said = error.data as Pick<ProcessResult, 'exit' | 'stdout' | 'stderr'>; // what every floor says with this code
  return classifyNpmFailure({ ...said, truncated: false, durationMs: 0 }) ?? 'environment';
}

const surroundings: Partial<Record<ErrorCode, FailureClass>> = {
  'disk-full': 'disk',
  'git-failed': 'environment',
  'workspace-failed': 'environment',
  'floor-unreachable': 'network',
  'no-sandbox': 'environment',
};

/** What kills its processes is not tried again: it was, often enough. */
function mayTryAgain(stage: Stage, job: Job, { class: kind }: Failed): boolean {
  return !isDeadly(job) && triesOf(stage, job) < retriesFor(stage, kind);
}

function retriesFor({ retries = 0 }: Stage, kind: FailureClass): number {
  if (!failureClasses[kind].retryable) return 0;
  return typeof retries === 'number' ? retries : (Object.entries(retries).find(([named]) => named === kind)?.[1] ?? 0);
}

function triesOf(stage: Stage, { state }: Job): number {
  return state.tries.get(stage.id) ?? 0;
}

/** Gives the step back until the wait of its class has passed, doubled for each try and at most a minute, and says so in the ledger with it. */
async function tryLater(stage: Stage, key: string, { job, work }: { readonly job: Job; readonly work: Failed }): Promise<void> {
  const { engine, ledger, clock } = job.needs;
  const tryNumber = triesOf(stage, job) + 1;
  const { class: kind, message } = work;
  const delayMs = Math.min(60_000, failureClasses[kind].waitMs * 2 ** (tryNumber - 1));
  const attempt = attemptOf(job.state, stage.id);
  const body: EventBody = { type: 'stage.retried', stage: stage.id, attempt, class: kind, tryNumber, delayMs, message };
  const now = clock.now();
  await engine.transaction(async (tx) => {
    await engine.defer(job.step, new Date(Date.parse(now) + delayMs).toISOString(), tx);
    await ledger.append(job.run, newEvents([[`${key}/retried/${tryNumber}`, body]], now), tx);
  });
  job.note(`${stage.id}: ${message} Trying again in ${delayMs / 1000} s.`);
}

interface Done {
  readonly job: Job;
  readonly work: StageWork;
  readonly durationMs: number;
}

function closingEvents(stage: Stage, key: string, { job, work, durationMs }: Done): readonly Keyed[] {
  const attempt = attemptOf(job.state, stage.id);
  const { bodies, outcome, summary } = conclude(stage, work, triesOf(stage, job) + 1);
  const events = bodies.map((body, index): Keyed => [`${key}/${index}`, ofAttempt(body, attempt)]);
  if (work.kind === 'waits') return events;
  const output = work.kind === 'ended' ? work.output : {};
  return [...events, [`${key}/completed`, { type: 'stage.completed', stage: stage.id, attempt, outcome, summary, durationMs, output }]];
}

/** Facts and changes of a later attempt say so, because those of an earlier one no longer count. */
function ofAttempt(body: EventBody, attempt: number): EventBody {
  const counts = body.type === 'fact.found' || body.type === 'change.harvested';
  return counts && attempt > 1 ? { ...body, attempt } : body;
}

interface Conclusion {
  readonly bodies: readonly EventBody[];
  readonly outcome: StageOutcome;
  readonly summary: string;
}

function conclude(stage: Stage, work: StageWork, attempts: number): Conclusion {
  if (work.kind === 'ended') return { bodies: work.events, outcome: work.outcome, summary: work.summary };
  if (work.kind === 'waits') return { bodies: work.events, outcome: 'done', summary: work.summary };
  const { class: kind, command, message, logs } = work;
  const found = fact('environment', 'broken', kind, message, { class: kind, attempts, command }, logs);
  return { bodies: [...work.events, { type: 'fact.found', stage: stage.id, fact: found }], outcome: 'failed', summary: message };
}
