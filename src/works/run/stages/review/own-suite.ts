import { isJidokaError } from '../../../../core/base/error.ts';
import type { Fact } from '../../../../core/evidence/fact.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { collectCoverage, coverageEnvironment, coverageFact, type ChangedSource } from '../../../inspection/line-coverage/index.ts';
import { isSource, noOwnSuite, ownTestsFact } from '../../../inspection/review/index.ts';
import { runTests, type TestPlan, type TestRun } from '../../../inspection/runner/index.ts';
import { readyTree } from '../../../inspection/tree/index.ts';
import { surveyProject } from '../../../intake/index.ts';
import { withCheckoutOf } from '../../checkout.ts';
import { canaryOf } from '../canary.ts';
import { suiteLog } from '../suite-log.ts';
import { keepLog, timeoutOf, treeJob } from '../tree-job.ts';
import type { Examined, Part } from './examine.ts';
import { failed } from './old-tests.ts';

/** Runs the suite that the branch brings, on the branch as it is, and says which of its lines the suite runs. */
export async function ownSuite(examined: Examined): Promise<Part<TestRun | null>> {
  const { stage, job, inspected, branch } = examined;
  const hasLock = await hasLockAtHead(examined);
  if (typeof hasLock === 'string') return none(examined, hasLock);
  return await withCheckoutOf(
    stage,
    job,
    { which: 'head', commit: branch.atHead.baseCommit },
    async (workspace): Promise<Part<TestRun | null>> => {
      // Whose install scripts run, and what a repository names as its tests, is as the base has it.
      const tree = await readyTree({ ...treeJob(stage, job, workspace, inspected.project), hasLock });
      if (tree.kind === 'failed') return { kind: 'failed', work: failed(tree) };
      if (tree.kind === 'not-installed') return none(examined, `the branch does not install: ${tree.install.message.replace(/\.$/, '')}`);
      if (tree.build.outcome === 'failed' && inspected.baseline.build !== 'failed')
        return none(examined, `the branch does not build: ${tree.build.script ?? 'its build'} fails`);
      if (tree.detected.kind === 'none') return none(examined, tree.detected.message);
      return await run(examined, workspace, tree.detected.plan);
    },
  );
}

/** Whether the branch has a lockfile; what stands against it where it is no project that could be installed. */
async function hasLockAtHead({ job, branch }: Examined): Promise<boolean | string> {
  try {
    return (await surveyProject(branch.atHead, job.needs.forge)).lock !== null;
  } catch (error) {
    if (!isJidokaError(error)) throw error;
    return error.message.replace(/\.$/, '');
  }
}

function none({ inspected: { baselineRuns } }: Examined, message: string): Part<null> {
  return { kind: 'found', facts: [noOwnSuite(message, baselineRuns.length > 0)], found: null };
}

async function run(examined: Examined, workspace: Workspace, plan: TestPlan): Promise<Part<TestRun>> {
  const { stage, job, inspected } = examined;
  const limits = { timeoutMs: timeoutOf(stage), signal: job.signal };
  job.note(`${stage.id}: running the suite of the branch`);
  const counting = { ...plan, env: { ...plan.env, ...coverageEnvironment(workspace) } };
  const first = { ...(await runTests(workspace, counting, { ...limits, canary: canaryOf(plan, job) })), plan };
  const sources = changedSources(examined);
  const collected =
    sources.length === 0
      ? null
      : await collectCoverage(
          workspace,
          sources.map(({ path }) => path),
          limits,
        );
  const runs: [TestRun, ...TestRun[]] = [first];
  const suite = { baseline: inspected.baselineRuns, canaryOnBase: inspected.baseline.canary };
  // What fails while lines are counted has to fail without that too.
  if (ownTestsFact({ ...suite, runs, logs: [] }).outcome === 'broken' && first.ended !== 'timed-out') {
    job.note(`${stage.id}: something failed, running the suite of the branch once more`);
    runs.push(await runTests(workspace, plan, limits));
  }
  const logs = await Promise.all(runs.map((each, index) => keepLog(job, `suite of the branch, run ${index + 1}`, suiteLog(each))));
  const facts: readonly Fact[] = [ownTestsFact({ ...suite, runs, logs }), coverageFact(sources, collected)];
  return { kind: 'found', facts, found: first };
}

function changedSources({ branch: { patched }, inspected: { changedTexts } }: Examined): readonly ChangedSource[] {
  return patched.flatMap(({ path, added }) => {
    const text = changedTexts.get(path);
    return text === undefined || !isSource(path) ? [] : [{ path, text, added: added.map(({ line }) => line) }];
  });
}
