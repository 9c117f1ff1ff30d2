import { isSource, isTestInput, newTestsFact, newTestsOf, noNewTests } from '../../../inspection/review/index.ts';
import type { TestRun } from '../../../inspection/runner/index.ts';
import { inProject, runOnBase } from '../reproduction/on-base.ts';
import type { Examined, Part } from './examine.ts';

/** Lays the tests of the branch over the old source and runs them there: new ones must fail. */
export async function newTests(examined: Examined, own: TestRun | null): Promise<Part<null>> {
  const { stage, job, inspected, branch } = examined;
  const found = (fact: ReturnType<typeof newTestsFact>): Part<null> => ({ kind: 'found', facts: [fact], found: null });
  if (!branch.patched.some(({ path }) => isSource(path)))
    return found(noNewTests('no-source-change', 'The branch changes no source, so that new tests have nothing to show.'));
  if (own === null) return found(noNewTests('not-run', 'The suite of the branch could not be run, so that nothing is known of new tests.'));
  const ids = newTestsOf(own, inspected.baselineRuns);
  if (ids.length === 0) return found(noNewTests('no-new-test', 'The branch changes source, and no new test shows what for.'));
  const files = [...inspected.changedTexts].filter(([path]) => isTestInput(path)).map(([path, content]) => ({ path, content }));
  const ran = await runOnBase(stage, job, files, 1);
  if (ran.kind === 'work')
    return ran.work.kind === 'failed'
      ? { kind: 'failed', work: ran.work }
      : found(noNewTests('not-run', 'The old source could not be run.'));
  const [run] = ran.runs;
  if (run === undefined)
    return found(noNewTests('not-run', 'With the tests of the branch the old source does not install, or has no suite that can be run.'));
  const texts = new Map(files.map(({ path, content }) => [inProject(path, job), content]));
  return found(newTestsFact({ ids, run, canaryOnBase: inspected.baseline.canary, texts, logs: ran.logs }));
}
