import { JidokaError } from '../../core/base/error.ts';
import type { FailureClass } from '../../core/evidence/fact.ts';
import type { ProcessResult, Workspace } from '../../core/ports/floor.ts';
import { classifyNpmFailure, npmErrorCode, npmErrorLines } from './npm-failure.ts';
import type { Project } from './project.ts';

/** Where the mechanic works on one job. */
export interface Bench {
  readonly workspace: Workspace;
  readonly project: Project;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Records a step, and says it to people who watch. */
  readonly step: (text: string) => void;
}

/** Why npm did not do what it was asked. */
export type Refusal =
  | { readonly kind: 'surroundings'; readonly class: FailureClass; readonly message: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Runs npm on the lockfile alone: nothing is installed, no script runs, nothing is reported to anybody. */
export async function npmOnLock(bench: Bench, args: readonly string[]): Promise<Refusal | null> {
  const result = await bench.workspace.spawn({
    argv: ['npm', ...args, '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', ...addresses(bench.project)],
    cwd: bench.project.folder,
    timeoutMs: bench.timeoutMs,
    network: 'registry',
    signal: bench.signal,
  });
  if (result.exit.kind === 'cancelled') {
    throw new JidokaError('interrupted', `npm ${args.join(' ')} was cancelled.`, {
      mend: 'Resume the run: the stage is done again from a clean checkout.',
    });
  }
  return refusalOf(result);
}

/** A lockfile with addresses keeps them, whatever the owner's npm settings say of lockfiles. */
function addresses({ base }: Project): readonly string[] {
  return /"resolved"\s*:\s*"https?:/.test(base.lock ?? '') ? ['--omit-lockfile-registry-resolved=false'] : [];
}

function refusalOf(result: ProcessResult): Refusal | null {
  if (result.exit.kind === 'exited' && result.exit.code === 0) return null;
  const failure = classifyNpmFailure(result);
  const message = npmErrorLines(result);
  if (failure !== null) return { kind: 'surroundings', class: failure, message };
  return { kind: 'refused', code: reasonCodes[npmErrorCode(result)] ?? 'npm-refused', message };
}

const reasonCodes: Readonly<Record<string, string>> = {
  ERESOLVE: 'peer-conflict',
  E404: 'release-missing',
  ETARGET: 'release-missing',
  ENOVERSIONS: 'release-missing',
};
