import { JidokaError, isJidokaError } from '../../../core/base/error.ts';
import type { ProcessResult, Workspace } from '../../../core/ports/floor.ts';
import type { RunnerReading } from './adapters/adapter.ts';
import { adapters } from './adapters/index.ts';
import { canaryReport, withoutCanary } from './canary-report.ts';
import { join } from './project.ts';
import { scratch } from './reporters/lines.ts';
import { toResults } from './results/reading.ts';
import type { Canary, RunOptions, TestPlan, TestRun } from './types.ts';

/**
 * Runs a suite once by its plan and reads a result per test id; crash, hang and missing ids are named as such. Nothing
 * that the factory lays in for the run is left behind. Throws `interrupted` where the signal ended it.
 *
 * @example
 * const run = await runTests(workspace, plan, { timeoutMs: 300_000 });
 * run.results.get('test/sum.test.js > adds')?.status; // 'pass'
 */
export async function runTests(workspace: Workspace, usual: TestPlan, options: RunOptions): Promise<TestRun> {
  const plan = withFiles(usual, options.also ?? []);
  const laidIn = { ...filesFor(plan, options.canary), ...options.laidIn };
  await clear(workspace, plan, laidIn);
  try {
    for (const [path, content] of Object.entries(laidIn)) await workspace.files.write(join(plan.directory, path), content);
    const process = await spawn(workspace, plan, options);
    if (process.exit.kind === 'cancelled') throw interrupted();
    const text = await resultText(workspace, plan);
    return runOf({ plan, process, text, canary: options.canary ?? null, root: projectRoot(workspace.root, plan.directory) });
  } finally {
    await clear(workspace, plan, laidIn);
  }
}

/**
 * Runs what a repository does before its tests (compiling them, as a rule), once per tree, each line in a shell.
 * Stops at the first that fails; the results are those of the lines that ran.
 */
export async function prepareTests(
  workspace: Workspace,
  plan: TestPlan,
  options: Omit<RunOptions, 'canary'>,
): Promise<readonly ProcessResult[]> {
  const results: ProcessResult[] = [];
  for (const line of plan.prepare) {
    const result = await workspace.spawn({ ...command(plan, ['sh', '-c', line]), ...limits(options) });
    results.push(result);
    if (result.exit.kind !== 'exited' || result.exit.code !== 0) break;
  }
  return results;
}

/** A plan that also runs these files. */
function withFiles(plan: TestPlan, files: readonly string[]): TestPlan {
  return files
    .filter((file) => !plan.files.includes(file))
    .reduce((more, file) => ({ ...more, argv: adapters[plan.runner].withFile(more, file), files: [...more.files, file] }), plan);
}

function filesFor(plan: TestPlan, canary: Canary | undefined): Readonly<Record<string, string>> {
  const own = adapters[plan.runner].files;
  return canary === undefined ? own : { ...own, [canary.file]: canary.content };
}

/** A result of an earlier run must not be taken for one of this. */
async function clear(workspace: Workspace, plan: TestPlan, laidIn: Readonly<Record<string, string>>): Promise<void> {
  const packages = Object.keys(laidIn).flatMap((path) => /^node_modules\/[^/]+/.exec(path) ?? []);
  const results = plan.resultFile === null ? [] : [plan.resultFile];
  for (const path of new Set([scratch, ...packages, ...results, ...Object.keys(laidIn)]))
    await workspace.files.remove(join(plan.directory, path));
}

/** TAP on stdout is the result itself: far more of it is kept than of a log. */
const keptBytes = 64 * 1024 * 1024;

function spawn(workspace: Workspace, plan: TestPlan, options: RunOptions): Promise<ProcessResult> {
  const argv = options.canary === undefined ? plan.argv : adapters[plan.runner].withFile(plan, options.canary.file);
  const kept = plan.resultFile === null ? { maxOutputBytes: keptBytes } : {};
  return workspace.spawn({ ...command(plan, argv), ...limits(options), ...kept });
}

/** As npm does, the project's own commands come first in PATH: tests may start them by name. */
function command(plan: TestPlan, argv: TestPlan['argv']) {
  const up = plan.directory === '' ? 0 : plan.directory.split('/').length;
  const folders = Array.from({ length: up + 1 }, (_, level) => `$PWD/${'../'.repeat(level)}node_modules/.bin`).join(':');
  const shell = ['sh', '-c', `PATH="${folders}:$PATH"; export PATH; exec "$@"`, 'sh'] as const;
  return { argv: [...shell, ...argv] as const, cwd: plan.directory, env: plan.env, network: 'none' as const };
}

/** A result file that the workspace refuses to read (a link out of it, too big) is as good as none. */
async function resultText(workspace: Workspace, plan: TestPlan): Promise<string | null> {
  if (plan.resultFile === null) return null;
  try {
    return await workspace.files.read(join(plan.directory, plan.resultFile));
  } catch (error) {
    if (isJidokaError(error)) return null;
    throw error;
  }
}

function limits({ timeoutMs, signal }: Omit<RunOptions, 'canary'>) {
  return { timeoutMs, ...(signal === undefined ? {} : { signal }) };
}

interface Ended {
  readonly plan: TestPlan;
  readonly process: ProcessResult;
  readonly text: string | null;
  readonly canary: Canary | null;
  readonly root: string;
}

function runOf({ plan, process, text, canary, root }: Ended): TestRun {
  const files = canary === null ? plan.files : [...plan.files, canary.file];
  const reading = adapters[plan.runner].read({ plan, text, process, files });
  const own = canary === null ? reading : withoutCanary(reading, canary);
  return {
    plan,
    results: toResults(own, reading.cwd === '' ? root : reading.cwd),
    ended: endOf(process, reading),
    running: own.running,
    problem: reading.problem,
    canary: canary === null ? null : canaryReport(reading, canary, process),
    process,
  };
}

function endOf(process: ProcessResult, reading: RunnerReading): TestRun['ended'] {
  if (process.exit.kind === 'timed-out' || process.exit.kind === 'stalled') return 'timed-out';
  if (process.exit.kind === 'not-started') return 'not-started';
  return reading.finished ? 'complete' : 'crashed';
}

function projectRoot(root: string, directory: string): string {
  return directory === '' ? root : `${root}/${directory}`;
}

function interrupted(): JidokaError {
  return new JidokaError('interrupted', 'The test run was interrupted.', { mend: 'Resume the run; the suite is run anew.' });
}
