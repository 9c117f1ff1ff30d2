import { JidokaError } from '../../../core/base/error.ts';
import type { BlobRef, FailureClass } from '../../../core/evidence/fact.ts';
import type { ProcessResult, Workspace } from '../../../core/ports/floor.ts';
import { installLadder, npmErrorLines, rebuildScripts, type InstallOutcome } from '../../mechanic/index.ts';
import { detectRunner, prepareTests, type Detection } from '../runner/index.ts';

/** A clean checkout that is to be made ready for its suite. */
export interface TreeJob {
  readonly workspace: Workspace;
  /** Folder of the project below the workspace's root. */
  readonly directory: string;
  readonly hasLock: boolean;
  /** Whether the base was installed just before: the registry's answers of then are taken again, so that both trees see one registry. */
  readonly preferCache: boolean;
  /** How its packages were installed before, where its base has them; null where they are to be installed. */
  readonly installed: Installed | null;
  /** A command that the repository names with the JUnit file it writes, or null. */
  readonly junit: { readonly command: readonly [string, ...string[]]; readonly resultFile: string } | null;
  /** Packages whose install scripts the base already ran: only they are rebuilt. */
  readonly scripted: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Keeps output as a blob. */
  readonly keep: (label: string, text: string) => Promise<BlobRef>;
  readonly note: (message: string) => void;
}

export type Tree =
  | {
      readonly kind: 'ready';
      readonly install: Installed;
      readonly logs: readonly BlobRef[];
      readonly build: Build;
      readonly detected: Detection;
    }
  | { readonly kind: 'not-installed'; readonly install: Installed; readonly logs: readonly BlobRef[] }
  | {
      readonly kind: 'failed';
      readonly class: FailureClass;
      readonly command: string;
      readonly message: string;
      readonly logs: readonly BlobRef[];
    };

/** How far up the ladder the install went. */
export interface Installed extends Pick<InstallOutcome, 'tried' | 'durationMs'> {
  /** The command that installed; '' where none did. */
  readonly rung: string;
  /** What npm said last, where it failed on the way; '' where it did not. */
  readonly message: string;
}

/** What came of the project's own build steps. */
export interface Build {
  /** The script or command, null where there is none. */
  readonly script: string | null;
  readonly outcome: 'none' | 'passed' | 'failed';
  readonly log: BlobRef | null;
}

/** Installs a tree cleanly, builds it as its own scripts say, and finds how its suite runs. */
export async function readyTree(job: TreeJob): Promise<Tree> {
  if (job.installed !== null) return await prepared(job, job.installed, [await job.keep('install', sharedText(job.installed))]);
  const { workspace, directory, hasLock, preferCache, timeoutMs, signal } = job;
  job.note('installing');
  const ladder = await installLadder(workspace, { directory, hasLock, preferCache, timeoutMs, signal });
  const logs = [await job.keep('install', ladder.results.map(({ rung, result }) => `$ ${rung}\n${outputOf(result)}`).join('\n'))];
  const install = installed(ladder);
  if (signal.aborted) throw interrupted();
  if (ladder.failure !== null)
    return { kind: 'failed', class: ladder.failure, command: ladder.results.at(-1)?.rung ?? 'npm', message: install.message, logs };
  if (!ladder.ok) return { kind: 'not-installed', install, logs };
  return await prepared(job, install, logs);
}

function sharedText({ rung }: Installed): string {
  return `$ ${rung}\nRun once for the base commit; every tree with the same packages is a layer over what it left.\n`;
}

/** What follows when the packages are there. */
async function prepared(job: TreeJob, install: Installed, logs: BlobRef[]): Promise<Tree> {
  const { workspace, directory } = job;
  if (job.scripted.length > 0) logs.push(await rebuild(job));
  const manifest = await manifestOf(job);
  const built = await build(job, manifest);
  const detected = await detectRunner(workspace, directory, manifest, job.junit === null ? {} : { junit: job.junit });
  const whole = detected.kind === 'plan' && built.outcome !== 'failed' ? await prepare(job, detected, built) : built;
  return { kind: 'ready', install, logs, build: whole, detected };
}

function installed({ rung, tried, durationMs, results }: InstallOutcome): Installed {
  const failed = results.filter(({ result }) => !passed(result)).at(-1);
  return {
    rung: rung ?? '',
    tried,
    durationMs,
    message: failed === undefined ? '' : npmErrorLines(failed.result, 3).replaceAll('\n', ' '),
  };
}

async function rebuild(job: TreeJob): Promise<BlobRef> {
  const { workspace, directory, scripted, timeoutMs, signal } = job;
  const result = await rebuildScripts(workspace, { directory, packages: scripted, timeoutMs, signal });
  return await job.keep('rebuild', result === null ? 'nothing to rebuild' : outputOf(result));
}

async function manifestOf({ workspace, directory }: TreeJob): Promise<unknown> {
  const text = await workspace.files.read(directory === '' ? 'package.json' : `${directory}/package.json`);
  return text === null ? {} : JSON.parse(text.replace(/^\uFEFF/, ''));
}

async function build(job: TreeJob, manifest: unknown): Promise<Build> {
  if (!hasBuildScript(manifest)) return { script: null, outcome: 'none', log: null };
  job.note('building');
  const { workspace, directory: cwd, timeoutMs, signal } = job;
  const result = await workspace.spawn({ argv: ['npm', 'run', 'build'], cwd, timeoutMs, signal, network: 'none' });
  return { script: 'npm run build', outcome: passed(result) ? 'passed' : 'failed', log: await job.keep('build', outputOf(result)) };
}

/** Runs what the test script does before its tests; a failure there is a failed build. */
async function prepare(job: TreeJob, { plan }: Extract<Detection, { kind: 'plan' }>, built: Build): Promise<Build> {
  if (plan.prepare.length === 0) return built;
  const results = await prepareTests(job.workspace, plan, { timeoutMs: job.timeoutMs, signal: job.signal });
  const log = await job.keep('before the tests', results.map(outputOf).join('\n'));
  const script = [built.script, ...plan.prepare].filter((step) => step !== null).join('; ');
  return { script, outcome: results.every(passed) ? 'passed' : 'failed', log };
}

function interrupted(): JidokaError {
  return new JidokaError('interrupted', 'The install was interrupted.', { mend: 'Resume the run; the stage is done anew.' });
}

function hasBuildScript(manifest: unknown): boolean {
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return false;
  const { scripts } = manifest;
  return typeof scripts === 'object' && scripts !== null && 'build' in scripts && typeof scripts.build === 'string';
}

function passed({ exit }: ProcessResult): boolean {
  return exit.kind === 'exited' && exit.code === 0;
}

/** Both streams of a process as one text for a log. */
export function outputOf({ stdout, stderr, exit }: ProcessResult): string {
  return `${stdout}\n--- stderr\n${stderr}\n--- ${JSON.stringify(exit)}\n`;
}
