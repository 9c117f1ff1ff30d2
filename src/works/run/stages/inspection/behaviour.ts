import { fact, type Fact, type FactOf } from '../../../../core/evidence/fact.ts';
import type { Stage } from '../../../../core/line/line.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { canaryFact, testsFact } from '../../../inspection/facts/index.ts';
import { diffApi, publicApi, type ApiSurface } from '../../../inspection/public-api/index.ts';
import { compareRuns, runTests, type RunOptions, type TestPlan, type TestRun } from '../../../inspection/runner/index.ts';
import type { Tree } from '../../../inspection/tree/index.ts';
import type { Job } from '../../job.ts';
import { canaryOf } from '../canary.ts';
import { inProject } from '../reproduction/on-base.ts';
import { suiteLog } from '../suite-log.ts';
import { keepLog, timeoutOf } from '../tree-job.ts';
import { fixedFacts, hasFailing } from './fixed-facts.ts';
import type { Inspected } from './inspected.ts';

interface Ready {
  readonly inspected: Inspected;
  readonly job: Job;
  readonly workspace: Workspace;
  readonly tree: Extract<Tree, { kind: 'ready' }>;
}

/** Runs the base's own tests on the changed tree, with a test among them that must fail, and looks at what it exports. */
export async function behaviourFacts(stage: Stage, ready: Ready): Promise<readonly Fact[]> {
  const built = buildFact(ready);
  if (built.outcome === 'broken') return [built];
  const { detected } = ready.tree;
  const suite = detected.kind === 'plan' ? await suiteFacts(stage, ready, detected.plan) : [withoutRunner(ready, detected.message)];
  return [built, ...suite, ...(await apiFacts(ready))];
}

/** The tests of the reproduction run with the suite, wherever they stand. */
function limitsOf(stage: Stage, { inspected: { reproduction }, job }: Ready): Pick<RunOptions, 'timeoutMs' | 'signal' | 'also'> {
  const also = (reproduction?.files ?? []).map(({ path }) => inProject(path, job));
  return { timeoutMs: timeoutOf(stage), signal: job.signal, also };
}

function buildFact({ tree: { build }, inspected: { baseline } }: Ready): FactOf<'build'> {
  const data = { script: build.script, before: baseline.build, after: build.outcome };
  const logs = build.log === null ? [] : [build.log];
  if (build.outcome !== 'failed')
    return fact(
      'build',
      'holds',
      'built',
      build.script === null ? 'The project has no build step.' : `${build.script} passes.`,
      data,
      logs,
    );
  if (baseline.build === 'failed')
    return fact('build', 'unknown', 'build-broken-before', `${build.script} failed before the change too.`, data, logs);
  return fact('build', 'broken', 'build-failed', `${build.script} passed before the change and fails after it.`, data, logs);
}

async function suiteFacts(stage: Stage, ready: Ready, plan: TestPlan): Promise<readonly Fact[]> {
  const { job, workspace, inspected } = ready;
  job.note(`${stage.id}: running the suite`);
  const canary = canaryOf(plan, job);
  const first = await runTests(workspace, plan, { ...limitsOf(stage, ready), canary });
  const second = await again(stage, ready, { plan, first });
  const runs = second === null ? [first] : [first, second];
  const logs = await Promise.all(runs.map((run, index) => keepLog(job, `run ${index + 1} after the change`, suiteLog(run))));
  const after = second === null ? first : bestOf(first, second);
  return [
    ...fixedFacts(inspected, runs, logs),
    testsFact({ baseline: inspected.baselineRuns, after, baselineFrom: takenFrom(ready), recovered: recovered(ready, first, after), logs }),
    canaryFact(first, inspected.baseline.canary),
  ];
}

/** Runs the suite once more where an id regressed: what fails twice decides. A hang is not waited for twice. */
async function again(stage: Stage, ready: Ready, { plan, first }: { plan: TestPlan; first: TestRun }): Promise<TestRun | null> {
  const { inspected, job, workspace } = ready;
  const { regressed } = compareRuns(inspected.baselineRuns, first);
  // New tests have to pass more than once.
  const owed = inspected.reproduction !== null && !hasFailing(inspected.reproduction, first);
  if ((regressed.length === 0 && !owed) || first.ended === 'timed-out') return null;
  job.note(`${stage.id}: ${owed ? 'the new tests passed' : `${regressed.length} id(s) regressed`}, running the suite once more`);
  return await runTests(workspace, plan, limitsOf(stage, ready));
}

/** Of two runs of one tree: the second, with every id that passed in the first as it passed there. */
function bestOf(first: TestRun, second: TestRun): TestRun {
  const passed = [...first.results].filter(([, { status }]) => status === 'pass');
  return { ...second, results: new Map([...second.results, ...passed]) };
}

/** Ids that failed in the first run and passed in the second. */
function recovered({ inspected: { baselineRuns } }: Ready, first: TestRun, after: TestRun): readonly string[] {
  const still = new Set(compareRuns(baselineRuns, after).regressed.map(({ id }) => id));
  return compareRuns(baselineRuns, first)
    .regressed.map(({ id }) => id)
    .filter((id) => !still.has(id));
}

function takenFrom({ inspected: { baseline }, job }: Ready): string | null {
  return baseline.run === job.run ? null : baseline.run;
}

function withoutRunner(ready: Ready, message: string): Fact {
  const { none } = ready.inspected.baseline;
  return none === null ? runnerGone(ready, message, 'broken') : runnerGone(ready, none.message, 'unknown');
}

/** A base that had no suite is no fault of the change, but nothing holds it to anything. */
function runnerGone({ inspected: { baselineRuns } }: Ready, message: string, outcome: 'broken' | 'unknown'): Fact {
  const was = baselineRuns[0]?.plan.runner ?? 'unknown';
  const none = { total: 0, passed: 0, failed: 0, skipped: 0 };
  const data = {
    runner: was,
    command: '',
    baseline: { ...none, runs: baselineRuns.length, flaky: [], preExisting: [] },
    after: none,
    regressed: [],
    fixed: [],
    added: [],
    breakClass: outcome === 'broken' ? 'test-runner API' : null,
    baselineFrom: null,
  };
  if (outcome === 'unknown') return fact('tests', 'unknown', 'no-suite', `No test of the base holds this to anything: ${message}.`, data);
  return fact(
    'tests',
    'broken',
    'tests-regressed',
    `The suite ran with ${was} before the change and cannot be run after it: ${message}.`,
    data,
  );
}

async function apiFacts({ inspected: { project, baseline }, workspace }: Ready): Promise<readonly Fact[]> {
  const before = baseline.api as ApiSurface | null;
  if (before === null) return [];
  const after = await publicApi(workspace, project.repository.directory, project.root);
  return [diffApiFact(before, after)];
}

function diffApiFact(before: ApiSurface, after: ApiSurface | null): Fact {
  const data = diffApi(before, after);
  const changes = [
    ...data.removed.map((name) => `-${name}`),
    ...data.changed.map((name) => `~${name}`),
    ...data.added.map((name) => `+${name}`),
  ];
  if (changes.length === 0)
    return fact('public-api', 'holds', 'api-unchanged', `The public surface of ${data.entries.join(', ')} is unchanged.`, data);
  return fact('public-api', 'broken', 'api-changed', `The public surface changed: ${changes.slice(0, 8).join(', ')}.`, data);
}
