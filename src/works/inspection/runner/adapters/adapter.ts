import type { ProcessResult } from '../../../../core/ports/floor.ts';
import type { InstalledTool, Project } from '../project.ts';
import type { Reading } from '../results/reading.ts';
import { globMatcher, isGlob } from '../script/glob.ts';
import type { Word } from '../script/shell-line.ts';
import type { TestCommand } from '../script/tool.ts';
import type { TestPlan } from '../types.ts';

/** What is particular to one test runner. */
export interface Adapter {
  /** Files that are laid into the project folder for a run, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Makes the factory's own command from the repository's; null where the runner is not installed. */
  plan(command: TestCommand, project: Project): Promise<Draft | null>;
  /** The plan's command with one more test file in it. */
  withFile(plan: TestPlan, file: string): TestPlan['argv'];
  read(output: RunnerOutput): RunnerReading;
}

/** The part of a plan that an adapter makes. */
export type Draft = Pick<TestPlan, 'argv' | 'env' | 'resultFile' | 'specs' | 'files' | 'version'>;

export interface RunnerOutput {
  readonly plan: TestPlan;
  /** Content of the result file, null where there is none. */
  readonly text: string | null;
  readonly process: ProcessResult;
  /** Files that may have run: those of the plan, and the canary's. */
  readonly files: readonly string[];
}

export interface RunnerReading extends Reading {
  /** Project folder as the run saw it; '' where the runner does not say. */
  readonly cwd: string;
}

export function nodeCommand(tool: InstalledTool, command: TestCommand): readonly [string, ...string[]] {
  return ['node', ...command.nodeArgs, tool.bin];
}

/** The words as a shell would hand them over: unquoted globs become the files they match, where there are any. */
export function expandWords(words: readonly Word[], files: readonly string[]): readonly string[] {
  return words.flatMap(({ text, quoted }) => {
    if (quoted || !isGlob(text)) return [text];
    const matches = globMatcher(text.replaceAll('**', '*'));
    const found = files.filter(matches).sort();
    return found.length === 0 ? [text] : found;
  });
}

/** Files that specs name (files, folders and globs), in their order; without specs, those that the defaults match. */
export function filesOf(project: Project, specs: readonly string[], defaults: readonly string[]): readonly string[] {
  const wanted = (specs.length === 0 ? defaults : specs).map(matcherOf);
  const scripts = project.files.filter((path) => script.test(path)).sort();
  return [...new Set(wanted.flatMap((matches) => scripts.filter(matches)))];
}

/** Adds a file to a command whose specs do not already take it in. */
export function appended(plan: TestPlan, file: string): TestPlan['argv'] {
  const covered = plan.specs.length === 0 || plan.specs.some((spec) => matcherOf(spec)(file));
  return covered ? plan.argv : [...plan.argv, file];
}

const script = /\.[cm]?[jt]sx?$/;

function matcherOf(spec: string): (path: string) => boolean {
  const clean = spec.replace(/^\.\//, '').replace(/\/$/, '');
  if (clean === '' || clean === '.') return () => true;
  if (isGlob(clean)) return globMatcher(clean);
  return (path) => path === clean || path.startsWith(`${clean}/`) || path.replace(script, '') === clean;
}
