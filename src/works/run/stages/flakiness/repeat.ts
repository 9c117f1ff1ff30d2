import type { RepetitionMode } from '../../../../core/line/repetition.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { addRun, failsAnew, isOver, writeTally, type Tally } from '../../../flaky/index.ts';
import { planFor, type ModePlan } from '../../../inspection/modes/index.ts';
import { runTests, type TestPlan, type TestRun } from '../../../inspection/runner/index.ts';
import type { Job } from '../../job.ts';
import { append } from '../../record/append.ts';
import { suiteLog } from '../suite-log.ts';
import { keepLog, timeoutOf } from '../tree-job.ts';
import { targetOf, type Frame } from './frame.ts';
import { allowanceMs, endOf } from './need.ts';
import { failuresIn } from './tally-text.ts';

export interface Repetition {
  readonly stage: Stage;
  readonly job: Job;
  readonly frame: Frame;
  readonly workspace: Workspace;
  readonly plan: TestPlan;
  readonly mode: RepetitionMode;
}

/** Counts are put on record after so many runs, or after so long. */
const between = { runs: 10, ms: 10_000 };

/** Runs until nothing more is owed, or the time is over. */
export async function repeat(work: Repetition, begun: Tally): Promise<Tally> {
  const { job, frame, mode, stage } = work;
  const { clock } = job.needs;
  const allowedMs = allowanceMs(job.input.line, mode, frame);
  const copy = mode === 'parallel' ? await secondCopy(work) : null;
  const now = clock.now();
  let tally = begun;
  let saved = { runs: begun.runs, at: clock.monotonicMs() };
  for (;;) {
    const due = dueIn(tally, frame);
    if (due.kind === 'over') return { ...tally, ...due.end };
    if (tally.spentMs >= allowedMs) return { ...tally, end: 'budget', why: `the ${seconds(allowedMs)} for it were over` };
    const how = howTo(work, tally, { due: due.id, copy, now });
    if (how.kind === 'not-possible') return { ...tally, end: 'not-possible', why: how.why };
    const counted = await once(work, tally, { due: due.id, how });
    if (counted.others.length > 0)
      return { ...tally, end: 'not-possible', why: `the runner runs ${counted.others[0]} as well when asked for one file` };
    ({ tally } = counted);
    if (tally.runs - saved.runs < between.runs && clock.monotonicMs() - saved.at < between.ms) continue;
    await save(work, tally);
    saved = { runs: tally.runs, at: clock.monotonicMs() };
    job.note(`${stage.id}: ${tally.runs} runs, ${failuresIn(tally)} with failures`);
  }
}

type Due = { readonly kind: 'run'; readonly id: string | null } | { readonly kind: 'over'; readonly end: Pick<Tally, 'end' | 'why'> };

/** The test that is owed a run, or null for all of them. */
function dueIn(tally: Tally, { named, subjects }: Frame): Due {
  const byOne = tally.scope !== 'suite' || named !== null;
  if (!byOne) return tally.runs < tally.wanted ? { kind: 'run', id: null } : { kind: 'over', end: { end: 'all', why: '' } };
  const ends = subjects.map((id) => ({ id, end: isOver(tally, id, true) }));
  const due = ends.find(({ end }) => end === null);
  if (due !== undefined) return { kind: 'run', id: due.id };
  const end = endOf(ends.map((one) => one.end));
  const why = end === 'not-possible' ? 'the runner does not run the test when asked for it in this way' : '';
  return { kind: 'over', end: { end, why } };
}

interface Given {
  readonly due: string | null;
  readonly copy: string | null;
  readonly now: string;
}

function howTo({ job, frame, workspace, plan, mode }: Repetition, tally: Tally, { due, copy, now }: Given): ModePlan {
  const { directory } = plan;
  return planFor(mode, plan, {
    run: tally.runs + 1,
    seed: Number.parseInt(job.needs.sha256(job.run).slice(0, 6), 16),
    target: due === null || tally.scope === 'suite' ? null : targetOf(due, frame),
    project: directory === '' ? workspace.root : `${workspace.root}/${directory}`,
    copy,
    files: [...new Set(frame.ids.map(frame.fileOf))].filter((file) => file !== '').sort(),
    now,
  });
}

interface Once {
  readonly tally: Tally;
  /** Files that ran though another one was asked for. */
  readonly others: readonly string[];
}

async function once(
  { stage, job, frame, workspace, mode }: Repetition,
  tally: Tally,
  { due, how }: { readonly due: string | null; readonly how: Extract<ModePlan, { kind: 'plan' }> },
): Promise<Once> {
  const { clock } = job.needs;
  const startedMs = clock.monotonicMs();
  const limits = { timeoutMs: limitMs(stage, frame, mode), signal: job.signal };
  const run = await runTests(workspace, how.plan, { ...limits, laidIn: how.laidIn });
  const ids = tally.scope === 'suite' ? lookedAt(tally, frame, run) : [due ?? ''];
  const about = { run, ids, fileOf: fileIn(frame, run) };
  const isWorth = tally.log === null || failsAnew(tally, about);
  const label = `${stage.id}: run ${tally.runs + 1}${how.variation === '' ? '' : `, ${how.variation}`}`;
  const log = isWorth ? await keepLog(job, label, suiteLog(run)) : null;
  const spentMs = clock.monotonicMs() - startedMs;
  const { variation, recurs } = how;
  const others = mode === 'file' || mode === 'alone' ? filesBeside(run, frame.fileOf(due ?? '')) : [];
  return { tally: addRun(tally, { ...about, variation, recurs, cut: isCut(frame, run), log, spentMs }), others };
}

/** Every test that can pass or fail; those that only this run had are among them. */
function lookedAt(tally: Tally, { ids }: Frame, { results }: TestRun): readonly string[] {
  const own = [...results].filter(([, { status }]) => status !== 'crash' && status !== 'skip').map(([id]) => id);
  return [...new Set([...ids, ...tally.tests.map(({ id }) => id), ...own])];
}

function isCut({ baseline }: Frame, { ended, problem, results }: TestRun): boolean {
  const died = [...results].filter(([id, { status }]) => status === 'crash' && !baseline.some((run) => run.results.has(id)));
  return ended !== 'complete' || problem !== null || died.length > 0;
}

function fileIn({ fileOf }: Frame, { results }: TestRun): (id: string) => string {
  return (id) => fileOf(id) || (results.get(id)?.file ?? '');
}

function filesBeside({ results }: TestRun, asked: string): readonly string[] {
  const files = [...results.values()].filter(({ status }) => status !== 'skip').flatMap(({ file }) => file ?? []);
  return files.filter((file) => file !== asked);
}

/**
 * A run is given several times what the suite took at the base before it counts as hung, and what has company three times
 * that; never more than the stage allows a command.
 */
function limitMs(stage: Stage, { baseline }: Frame, mode: RepetitionMode): number {
  const whole = baseline.filter((run) => run.ended === 'complete').map((run) => run.process.durationMs);
  const usual = whole.length === 0 ? timeoutOf(stage) : Math.max(20_000, 5 * Math.max(...whole));
  return Math.min(timeoutOf(stage), mode === 'load' || mode === 'parallel' ? 3 * usual : usual);
}

/** A copy of the whole tree beside it, as it is set up; null where there is no room for one. */
async function secondCopy({ workspace, plan, job, stage }: Repetition): Promise<string | null> {
  const folder = `${workspace.scratch}/second`;
  const { exit } = await workspace.spawn({
    argv: ['sh', '-c', 'rm -rf "$2" && cp -a "$1" "$2"', 'sh', workspace.root, folder],
    cwd: '',
    timeoutMs: timeoutOf(stage),
    network: 'none',
    signal: job.signal,
  });
  if (exit.kind !== 'exited' || exit.code !== 0) return null;
  return plan.directory === '' ? folder : `${folder}/${plan.directory}`;
}

async function save({ stage, job }: Repetition, tally: Tally): Promise<void> {
  const attempt = attemptOf(job.state, stage.id);
  const blob = await job.needs.blobs.put(writeTally(tally), { label: `${stage.id}: counts`, mediaType: 'application/json' });
  const { runs } = tally;
  const body = { type: 'repetition.counted', stage: stage.id, attempt, runs, failures: failuresIn(tally), tally: blob } as const;
  await append(job, [[`${stage.id}/${attempt}/counted/${runs}`, body]]);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
