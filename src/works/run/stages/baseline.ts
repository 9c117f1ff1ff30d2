import { canonicalJson } from '../../../core/base/json.ts';
import type { EventBody, StageOutput } from '../../../core/evidence/event.ts';
import { fact, type BlobRef, type Fact } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import { publicApi } from '../../inspection/public-api/index.ts';
import {
  readBaseline,
  runTests,
  summarizeBaseline,
  weakBaseline,
  writeBaseline,
  type TestPlan,
  type TestRun,
} from '../../inspection/runner/index.ts';
import { readBaselineRecord, readyTree, type BaselineRecord, type Tree } from '../../inspection/tree/index.ts';
import { inScope, surveyProject, type Project } from '../../intake/index.ts';
import { matchAdvisory, readLock } from '../../npm/index.ts';
import { withCheckout } from '../checkout.ts';
import { parseDuration } from '../../../core/line/duration.ts';
import type { Job, StageWork } from '../job.ts';
import { canaryOf } from './canary.ts';
import { unfit } from './flakiness/unfit.ts';
import { suiteLog } from './suite-log.ts';
import { keepLog, timeoutOf, treeJob } from './tree-job.ts';

type Ready = Extract<Tree, { kind: 'ready' }>;

/** Takes the measure of the base: a clean install, its build, and its suite more than once, by test id. */
export async function baseline(stage: Stage, job: Job): Promise<StageWork> {
  const project = await surveyProject(job.packet.scope.repository, job.needs.forge);
  const key = await baselineKey(project, job);
  const earlier = await earlierBaseline(key, job);
  if (earlier !== null) return await conclude(stage, job, { project, key, ...earlier, observed: [], takenOver: true });
  return await withCheckout(stage, job, async (workspace) => {
    const tree = await readyTree(treeJob(stage, job, workspace, project));
    if (tree.kind === 'failed')
      return { kind: 'failed', class: tree.class, command: tree.command, message: tree.message, events: [], logs: tree.logs };
    if (tree.kind === 'not-installed') return notInstalled(stage, tree);
    const { runs, logs } = await runSuite(stage, job, workspace, tree);
    const record = await recordOf(job, workspace, { project, tree, runs });
    const blob = await job.needs.blobs.put(JSON.stringify(record), { label: 'baseline', mediaType: 'application/json' });
    return await conclude(stage, job, { project, key, blob, record, observed: observations(stage, tree, runs, logs), takenOver: false });
  });
}

interface Taken {
  readonly project: Project;
  readonly key: string;
  readonly blob: BlobRef;
  readonly record: BaselineRecord;
  readonly observed: readonly EventBody[];
  readonly takenOver: boolean;
}

/** Everything a baseline depends on; equal keys may share one. */
async function baselineKey(project: Project, job: Job): Promise<string> {
  const { host, kind, user, node, npm } = await job.needs.floor.probe();
  const { id, baseCommit, directory } = project.repository;
  const runs = job.packet.reproduction.baselineRuns;
  return job.needs.sha256(canonicalJson({ id, baseCommit, directory, runs, host, kind, user, node, npm, version: job.needs.version }));
}

/** A baseline that another run took of the same commit on the same floor, not too long ago, whose record is still there. */
async function earlierBaseline(key: string, job: Job): Promise<{ blob: BlobRef; record: BaselineRecord } | null> {
  const event = await job.needs.ledger.latest('stage.completed', { output: { baselineKey: key } });
  if (event?.body.type !== 'stage.completed') return null;
  const ageMs = Date.parse(job.needs.clock.now()) - Date.parse(event.at);
  const blob = event.body.output['baseline'];
  if (ageMs > parseDuration(job.input.line.policy.reuseBaseline) || typeof blob !== 'object' || blob === null) return null;
  const text = await job.needs.blobs.text(blob.sha256).catch(() => null);
  return text === null ? null : { blob, record: readBaselineRecord(text) };
}

async function runSuite(stage: Stage, job: Job, workspace: Workspace, { detected }: Ready): Promise<{ runs: TestRun[]; logs: BlobRef[] }> {
  const runs: TestRun[] = [];
  const logs: BlobRef[] = [];
  if (detected.kind === 'none') return { runs, logs };
  const times = job.packet.reproduction.baselineRuns;
  for (let time = 1; time <= times; time += 1) {
    job.note(`${stage.id}: running the suite, ${time} of ${times}`);
    // The canary rides along in the first run, so that inspection knows whether it can report in this suite at all.
    const canary = time === 1 ? { canary: canaryOf(detected.plan, job) } : {};
    const run = await runTests(workspace, detected.plan, { timeoutMs: timeoutOf(stage), signal: job.signal, ...canary });
    runs.push(run);
    logs.push(await keepLog(job, `baseline run ${time}`, suiteLog(run)));
  }
  return { runs, logs };
}

async function recordOf(
  job: Job,
  workspace: Workspace,
  { project, tree, runs }: { project: Project; tree: Ready; runs: readonly TestRun[] },
): Promise<BaselineRecord> {
  const { directory } = project.repository;
  const at = (path: string): string => (directory === '' ? path : `${directory}/${path}`);
  const { detected, install, build } = tree;
  return {
    run: job.run,
    install: { rung: install.rung, tried: [...install.tried] },
    build: build.outcome,
    tests: detected.kind === 'plan' ? writeBaseline(runs) : null,
    none: detected.kind === 'none' ? { code: detected.code, message: detected.message } : null,
    tree: project.lock === null ? await workspace.files.read(at('node_modules/.package-lock.json')) : null,
    canary: runs[0]?.canary?.reported ?? null,
    api: await publicApi(workspace, directory, project.root),
  };
}

function observations(stage: Stage, tree: Ready, runs: readonly TestRun[], logs: readonly BlobRef[]): readonly EventBody[] {
  const { install, build, detected } = tree;
  const plan = detected.kind === 'plan' ? planText(detected.plan) : detected.message;
  const steps = [
    {
      what: 'install',
      summary: `Installed by ${install.rung}${install.tried.length > 1 ? ` after ${install.tried.slice(0, -1).join('; ')}` : ''}.`,
      logs: tree.logs,
    },
    {
      what: 'build',
      summary: build.script === null ? 'No build step.' : `${build.script}: ${build.outcome}.`,
      logs: build.log === null ? [] : [build.log],
    },
    { what: 'suite', summary: `${plan} ${suiteText(runs)}`, logs },
  ];
  return steps.map((step): EventBody => ({ type: 'observed', stage: stage.id, ...step }));
}

function planText({ runner, version, reason, uncovered }: TestPlan): string {
  const left = uncovered.length === 0 ? '' : ` Not run: ${uncovered.join('; ')}.`;
  return `${runner}${version === null ? '' : ` ${version}`}, because of: ${reason}.${left}`;
}

function suiteText(runs: readonly TestRun[]): string {
  if (runs.length === 0) return '';
  const { stable, flaky, preExisting, skipped } = summarizeBaseline(runs);
  const cut = runs.filter((run) => run.ended === 'timed-out').length;
  const hung = cut === 0 ? '' : ` ${cut} of the runs hung and were ended at the limit.`;
  return `${runs.length} runs: ${stable.length} ids pass stably, ${preExisting.length} fail, ${flaky.length} differ between runs, ${skipped.length} skipped.${hung}`;
}

/** Goes on, unless nothing could ever be shown on this base, or the installed tree proves that nothing is owed. */
async function conclude(stage: Stage, job: Job, taken: Taken): Promise<StageWork> {
  const { record, blob, key } = taken;
  // Of a branch much can be said by reading it, also where no test holds anybody to anything.
  const found =
    (job.input.seed.kind === 'branch' ? null : unshowable(record, job)) ??
    notAffected(taken.project, record, job) ??
    unfitTest(record, job);
  const from: readonly EventBody[] = taken.takenOver
    ? [
        {
          type: 'observed',
          stage: stage.id,
          what: 'baseline',
          summary: `Taken over from run ${record.run}: same commit, same floor.`,
          logs: [blob],
        },
      ]
    : taken.observed;
  // Only who took a baseline offers it to others, so that its age is that of the runs it is made of.
  const output: StageOutput = taken.takenOver ? { baseline: blob } : { baseline: blob, baselineKey: key };
  const events = found === null ? from : [...from, { type: 'fact.found', stage: stage.id, fact: found } as const];
  return { kind: 'ended', outcome: found === null ? 'done' : 'settled', summary: found?.summary ?? summaryOf(record), events, output };
}

function summaryOf(record: BaselineRecord): string {
  if (record.tests === null) return 'No suite.';
  const { stable, preExisting, flaky } = summarizeBaseline(readBaseline(record.tests ?? ''));
  return `${stable.length} ids pass stably, ${preExisting.length} fail before any change, ${flaky.length} flaky.`;
}

/** Without a suite that passes something, no change can be shown to keep behaviour. */
function unshowable(record: BaselineRecord, { input }: Job): Fact | null {
  if (record.none !== null)
    return fact('seed', 'broken', record.none.code, `The suite cannot be run by test id: ${record.none.message}.`, {
      attached: [],
      missing: ['a test suite'],
      question: 'How is this project tested?',
    });
  const weak = weakBaseline(readBaseline(record.tests ?? ''));
  // A suite in which nothing passes each time is what this seed asks about.
  if (weak === null || (input.seed.kind === 'flake' && weak.code !== 'not-started' && weak.code !== 'no-ids')) return null;
  return fact('seed', 'broken', 'weak-baseline', `Nothing can be shown on this base: ${weak.message}.`, {
    attached: [],
    missing: ['a test that passes before the change'],
    question: 'Which tests hold this project to its behaviour?',
  });
}

function unfitTest(record: BaselineRecord, job: Job): Fact | null {
  return job.input.seed.kind === 'flake' ? unfit(readBaseline(record.tests ?? ''), job) : null;
}

/** Without a lockfile the copies are those of the installed tree. */
function notAffected(project: Project, record: BaselineRecord, job: Job): Fact | null {
  const { seed } = job.input;
  if (seed.kind !== 'advisory' || project.lock !== null || record.tree === null) return null;
  const tree = readLock(record.tree, { path: 'node_modules/.package-lock.json', manifest: project.root });
  if (inScope(matchAdvisory(seed.advisory, tree), seed.scope).length > 0) return null;
  const proof = [`the installed tree has ${tree.copies.length} copies, none of them affected in scope "${seed.scope}"`];
  return fact('no-op', 'holds', 'not-affected', `No installed copy is inside the ranges of ${seed.advisory.id}.`, {
    rule: 'not-affected',
    proof,
  });
}

function notInstalled(stage: Stage, tree: Extract<Tree, { kind: 'not-installed' }>): StageWork {
  const { install } = tree;
  const found = fact(
    'environment',
    'broken',
    'baseline-install-failed',
    `The base commit does not install: ${install.message}`,
    { class: 'environment', attempts: 1, command: install.tried.join('; ') },
    tree.logs,
  );
  return {
    kind: 'ended',
    outcome: 'settled',
    summary: found.summary,
    events: [{ type: 'fact.found', stage: stage.id, fact: found }],
    output: {},
  };
}
