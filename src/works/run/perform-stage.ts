import { isJidokaError, type ErrorCode } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';
import type { EventBody, StageOutcome } from '../../core/evidence/event.ts';
import { fact, failureClasses, type FailureClass } from '../../core/evidence/fact.ts';
import type { Stage } from '../../core/line/line.ts';
import { append, asStepResult } from './append.ts';
import type { Job, StageWork } from './job.ts';
import { stageWorkers } from './stages.ts';
import { whereOf } from './where.ts';

type Failed = Extract<StageWork, { kind: 'failed' }>;
type Completed = Extract<EventBody, { type: 'stage.completed' }>;

/**
 * Does a stage once: a stage the ledger knows as completed is not done again, whatever the engine remembers.
 * A failure of the surroundings is tried again, a bounded number of times, and then becomes a fact.
 */
export async function performStage(stage: Stage, attempt: number, job: Job): Promise<EventBody & Json> {
  const key = `${stage.id}/${attempt}`;
  const before = await job.needs.ledger.find(job.run, `${key}/completed`);
  if (before !== null) return asStepResult(before.body);
  report(job, stage, 'started', '');
  await append(job, [
    [`${key}/started/${job.needs.executor}`, { type: 'stage.started', stage: stage.id, attempt, where: await whereOf(job) }],
  ]);
  const startedMs = job.needs.clock.monotonicMs();
  const { work, tries } = await workWithRetries(stage, attempt, job);
  const { bodies, outcome, summary } = conclude(stage, work, tries);
  const durationMs = Math.round(job.needs.clock.monotonicMs() - startedMs);
  const output = work.kind === 'ended' ? work.output : {};
  const completed: Completed = { type: 'stage.completed', stage: stage.id, attempt, outcome, summary, durationMs, output };
  await append(job, [...bodies.map((body, index) => [`${key}/${index}`, body] as const), [`${key}/completed`, completed]]);
  report(job, stage, outcome === 'failed' ? 'failed' : 'done', summary);
  return asStepResult(completed);
}

function report(job: Job, stage: Stage, state: 'started' | 'done' | 'failed', message: string): void {
  job.needs.progress({ kind: 'stage', run: job.run, stage: stage.id, state, message });
}

async function workWithRetries(stage: Stage, attempt: number, job: Job): Promise<{ work: StageWork; tries: number }> {
  const limit = 1 + (stage.retries ?? 0);
  for (let tries = 1; ; tries += 1) {
    const work = await workOnce(stage, job);
    const again = work.kind === 'failed' && failureClasses[work.class].retryable && tries < limit && !job.signal.aborted;
    if (!again) return { work, tries };
    await waitBeforeRetry(stage, attempt, tries, work, job);
  }
}

/** Does the stage's work; a machine that lets it down is a failure of the surroundings like any other. */
async function workOnce(stage: Stage, job: Job): Promise<StageWork> {
  try {
    return await stageWorkers[stage.does](stage, job);
  } catch (error) {
    const kind = isJidokaError(error) ? surroundings[error.code] : undefined;
    if (kind === undefined || !isJidokaError(error)) throw error;
    return { kind: 'failed', class: kind, command: error.code, message: error.message, events: [], logs: [] };
  }
}

const surroundings: Partial<Record<ErrorCode, FailureClass>> = {
  'disk-full': 'disk',
  'git-failed': 'environment',
  'workspace-failed': 'environment',
};

/** Waits 1 s, 2 s, 4 s … at most 30 s, and says so in the ledger before it does. */
async function waitBeforeRetry(stage: Stage, attempt: number, tries: number, failure: Failed, job: Job): Promise<void> {
  const delayMs = Math.min(30_000, 1000 * 2 ** (tries - 1));
  const { class: kind, message } = failure;
  const body: EventBody = { type: 'stage.retried', stage: stage.id, attempt, class: kind, tryNumber: tries, delayMs, message };
  await append(job, [[`${stage.id}/${attempt}/retried/${job.needs.executor}/${tries}`, body]]);
  job.note(`${stage.id}: ${message} Trying again in ${delayMs / 1000} s.`);
  await job.needs.clock.sleep(delayMs, job.signal);
}

interface Conclusion {
  readonly bodies: readonly EventBody[];
  readonly outcome: StageOutcome;
  readonly summary: string;
}

function conclude(stage: Stage, work: StageWork, attempts: number): Conclusion {
  if (work.kind === 'ended') return { bodies: work.events, outcome: work.outcome, summary: work.summary };
  const { class: kind, command, message, logs } = work;
  const found = fact('environment', 'broken', kind, message, { class: kind, attempts, command }, logs);
  return { bodies: [...work.events, { type: 'fact.found', stage: stage.id, fact: found }], outcome: 'failed', summary: message };
}
