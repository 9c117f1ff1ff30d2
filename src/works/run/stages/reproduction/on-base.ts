import type { BlobRef } from '../../../../core/evidence/fact.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { readBaseline, runTests, type TestRun } from '../../../inspection/runner/index.ts';
import { judgeRuns, type TestFile } from '../../../inspection/reproduction/index.ts';
import { readBaselineRecord, readyTree, type BaselineRecord } from '../../../inspection/tree/index.ts';
import { surveyProject } from '../../../intake/index.ts';
import { blobOf, type Job, type StageWork } from '../../job.ts';
import { canaryOf } from '../canary.ts';
import { suiteLog } from '../suite-log.ts';
import { keepLog, timeoutOf, treeJob } from '../tree-job.ts';
import { withPackages } from '../with-packages.ts';

/** What came of test files that were laid into a clean checkout of the base. */
export type OnBase =
  | {
      readonly kind: 'ran';
      readonly judged: ReturnType<typeof judgeRuns>;
      readonly runs: readonly TestRun[];
      readonly logs: readonly BlobRef[];
    }
  | { readonly kind: 'work'; readonly work: StageWork };

/**
 * Runs test files that a station wrote with the suite of the base, so often, on a clean checkout in which nothing else of
 * the station is; in each run with a test that must fail.
 */
export async function runOnBase(stage: Stage, job: Job, files: readonly TestFile[], times: number): Promise<OnBase> {
  const baseline = await baselineOf(job);
  const ran = await runThere(stage, job, files, { times, called: 'the base', which: 'own', record: baseline });
  if (ran.kind === 'work') return ran;
  if (ran.kind === 'unrun') return { kind: 'ran', judged: { tests: [], objection: ran.objection }, runs: [], logs: [] };
  return { ...ran, judged: judgeRuns(readBaseline(baseline.tests ?? ''), ran.runs, baseline.canary) };
}

/**
 * Runs them at a commit before the base. Of the suite there nothing is known, and nothing is asked but that it comes to its
 * end and that the test which must fail does.
 */
export async function runBefore(
  stage: Stage,
  job: Job,
  files: readonly TestFile[],
  at: { commit: string; times: number },
): Promise<OnBase> {
  const { packet } = job;
  const repository = { ...packet.scope.repository, baseCommit: at.commit };
  const then: Job = { ...job, packet: { ...packet, scope: { ...packet.scope, repository } } };
  const ran = await runThere(stage, then, files, { times: at.times, called: at.commit.slice(0, 12), which: 'before', record: null });
  if (ran.kind === 'work') return ran;
  if (ran.kind === 'unrun') return { kind: 'ran', judged: { tests: [], objection: ran.objection }, runs: [], logs: [] };
  const { tests, objection } = judgeRuns([], ran.runs, 'fail');
  const paths = files.map(({ path }) => inProject(path, job));
  return { ...ran, judged: { tests: tests.filter(({ id }) => paths.some((path) => id.startsWith(path))), objection } };
}

interface There {
  readonly times: number;
  /** What the commit is called, for people. */
  readonly called: string;
  /** Name of the workspace within the stage. */
  readonly which: string;
  /** What the baseline saw of its install; null where that was of another commit. */
  readonly record: BaselineRecord | null;
}

type Ran =
  | { readonly kind: 'ran'; readonly runs: readonly TestRun[]; readonly logs: readonly BlobRef[] }
  | { readonly kind: 'unrun'; readonly objection: { readonly code: string; readonly why: string } }
  | { readonly kind: 'work'; readonly work: StageWork };

async function runThere(stage: Stage, job: Job, files: readonly TestFile[], there: There): Promise<Ran> {
  const { times, called, which, record } = there;
  const project = await surveyProject(job.packet.scope.repository, job.needs.forge);
  const touched = files.map(({ path }) => path);
  return await withPackages(stage, job, { project, record, touched, which }, async (ready): Promise<Ran> => {
    const { workspace } = ready;
    for (const { path, content } of files) await workspace.files.write(path, content);
    const tree = await readyTree(treeJob(stage, job, ready, project));
    if (tree.kind === 'failed') {
      const { class: kind, command, message, logs } = tree;
      return { kind: 'work', work: { kind: 'failed', class: kind, command, message, events: [], logs } };
    }
    if (tree.kind === 'not-installed' || tree.detected.kind === 'none')
      return {
        kind: 'unrun',
        objection: { code: 'no-test-ran', why: `with them ${called} does not install, or has no suite that can be run` },
      };
    const { plan } = tree.detected;
    const limits = { timeoutMs: timeoutOf(stage), signal: job.signal, also: files.map(({ path }) => inProject(path, job)) };
    const runs: TestRun[] = [];
    const logs: BlobRef[] = [];
    for (let time = 1; time <= times; time += 1) {
      job.note(`${stage.id}: running the new tests on ${called}, ${time} of ${times}`);
      const run = await runTests(workspace, plan, { ...limits, canary: canaryOf(plan, job) });
      runs.push(run);
      logs.push(await keepLog(job, `new tests on ${called}, run ${time}`, suiteLog(run)));
    }
    return { kind: 'ran', runs, logs };
  });
}

/** Path of a file as the runner names it. */
export function inProject(path: string, { packet: { scope } }: Job): string {
  const { directory } = scope.repository;
  return directory !== '' && path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** The baseline that the line took. Throws `line-invalid` where it took none. */
export async function baselineOf(job: Job): Promise<BaselineRecord> {
  const blob = blobOf(job, 'baseline');
  if (blob !== null) return readBaselineRecord(await job.needs.blobs.text(blob.sha256));
  throw new JidokaError('line-invalid', `Line "${job.input.line.name}" wants something shown on the base before a baseline was taken.`, {
    mend: 'Let a baseline come before it.',
  });
}
