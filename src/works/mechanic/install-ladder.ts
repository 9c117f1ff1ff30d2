import type { FailureClass } from '../../core/evidence/fact.ts';
import type { Command, ProcessResult, Workspace } from '../../core/ports/floor.ts';
import { classifyNpmFailure, npmErrorCode } from './npm-failure.ts';

export interface InstallOptions {
  /** Project folder relative to the workspace root. */
  readonly directory: string;
  readonly hasLock: boolean;
  /** Limit for each rung. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Takes what the floor's npm cache has before it asks the registry: the answers that an earlier install got. */
  readonly preferCache?: boolean;
}

export interface InstallOutcome {
  readonly ok: boolean;
  /** The command that installed; null where none did. */
  readonly rung: string | null;
  /** Each command that was tried, in order, with how it ended. */
  readonly tried: readonly string[];
  readonly results: readonly { readonly rung: string; readonly result: ProcessResult }[];
  /** What of the surroundings stood in the way; null where it installed, or where the project itself cannot be installed. */
  readonly failure: FailureClass | null;
  readonly durationMs: number;
}

/**
 * Installs a project's dependencies, without running their scripts and without writing manifest or lockfile: by the
 * lockfile, then by the manifest, then without peer rules. A failure of the surroundings ends the ladder where it is.
 *
 * @example
 * const { ok, rung, failure } = await installLadder(workspace, { directory: '', hasLock: true, timeoutMs: 300_000 });
 */
export async function installLadder(workspace: Pick<Workspace, 'spawn'>, options: InstallOptions): Promise<InstallOutcome> {
  const results: { rung: string; result: ProcessResult }[] = [];
  for (const argv of options.hasLock ? [byLock, ...byManifest] : byManifest) {
    const result = await workspace.spawn({ ...commandOf(options), argv });
    results.push({ rung: argv.join(' '), result });
    if (hasEnded(result)) break;
  }
  const last = results.at(-1);
  const ok = last !== undefined && isSuccess(last.result);
  return {
    ok,
    rung: ok ? last.rung : null,
    tried: results.map(({ rung, result }) => `${rung}: ${isSuccess(result) ? 'installed' : `failed${codeText(result)}`}`),
    results,
    failure: last ? classifyNpmFailure(last.result) : null,
    durationMs: results.reduce((sum, { result }) => sum + result.durationMs, 0),
  };
}

/** The command of one rung, by the words in which an outcome names it; null where it is none of the ladder. */
export function installCommand(rung: string, options: Omit<InstallOptions, 'hasLock'>): Command | null {
  const argv = [byLock, ...byManifest].find((words) => words.join(' ') === rung);
  return argv === undefined ? null : { ...commandOf(options), argv };
}

export interface RebuildOptions extends Omit<InstallOptions, 'hasLock'> {
  /** Packages whose install scripts the project relied on before the change, as name@version. */
  readonly packages: readonly string[];
}

/** Runs the install scripts of packages that had them before; null where there are none, and nothing is run. */
export async function rebuildScripts(workspace: Pick<Workspace, 'spawn'>, options: RebuildOptions): Promise<ProcessResult | null> {
  if (options.packages.length === 0) return null;
  const packages = [...new Set(options.packages)];
  return await workspace.spawn({ ...commandOf(options), argv: ['npm', 'rebuild', '--ignore-scripts=false', '--', ...packages] });
}

type Argv = readonly [string, ...string[]];

// --no-save: what is tested is the tree of the files as they are, and a lockfile out of step stays visible as such.
const byLock: Argv = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'];
const withoutLock: Argv = ['npm', 'install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
const byManifest: readonly Argv[] = [withoutLock, [...withoutLock, '--legacy-peer-deps']];

function commandOf({ directory, timeoutMs, signal, preferCache }: Omit<InstallOptions, 'hasLock'>) {
  const env = preferCache === true ? { env: { npm_config_prefer_offline: 'true' } } : {};
  return { cwd: directory, timeoutMs, network: 'registry', ...env, ...(signal && { signal }) } as const;
}

function hasEnded(result: ProcessResult): boolean {
  return isSuccess(result) || result.exit.kind === 'cancelled' || classifyNpmFailure(result) !== null;
}

function isSuccess({ exit }: ProcessResult): boolean {
  return exit.kind === 'exited' && exit.code === 0;
}

function codeText(result: ProcessResult): string {
  const code = npmErrorCode(result) || (classifyNpmFailure(result) ?? '');
  return code === '' ? '' : ` (${code})`;
}
