import type { Workspace } from '../../../core/ports/floor.ts';
import type { Draft } from './adapters/adapter.ts';
import { adapters } from './adapters/index.ts';
import { type Manifest, type Project, openProject } from './project.ts';
import { testCommands } from './script/test-commands.ts';
import type { TestCommand } from './script/tool.ts';
import { readStyle, runnerOfScript } from './suite-style.ts';
import type { RunnerName, TestPlan } from './types.ts';

export interface DetectOptions {
  /** A command that the repository names together with the JUnit file it writes; it goes before all else. */
  readonly junit?: { readonly command: readonly [string, ...string[]]; readonly resultFile: string };
}

export type Detection =
  | { readonly kind: 'plan'; readonly plan: TestPlan }
  | { readonly kind: 'none'; readonly code: 'no-tests' | 'runner-unknown'; readonly message: string };

/**
 * Finds how the suite of an installed project is run with a result per test, from its scripts, configuration and
 * dependencies. The plan is the factory's own command: never `npm test`, without flags that hide results.
 *
 * @example
 * const found = await detectRunner(workspace, '', manifest);
 * if (found.kind === 'plan') found.plan.argv; // ['node', 'node_modules/mocha/bin/mocha.js', ...]
 */
export async function detectRunner(
  workspace: Workspace,
  directory: string,
  manifest: unknown,
  options: DetectOptions = {},
): Promise<Detection> {
  const project = await openProject(workspace, directory, manifest);
  if (options.junit !== undefined) return { kind: 'plan', plan: await named(project, options.junit) };
  const read = testScript(project.manifest.scripts);
  for (const [index, command] of read.tests.entries()) {
    const found = await planFor(project, command);
    if (found === null) continue;
    const uncovered = read.tests.filter((_, other) => other !== index).map((other) => other.source);
    return { kind: 'plan', plan: { ...found, prepare: read.prepare, uncovered } };
  }
  const [command] = read.tests;
  if (command !== undefined) return unknown(`${command.source} names ${command.tool}, which is not installed`);
  if (read.unknown !== null) return unknown(`scripts.test runs "${read.unknown}", a runner whose results cannot be read per test`);
  return withoutScript(project);
}

/** Scripts by the name a suite usually has, the first that runs tests. */
const names = ['test', 'tests', 'test:unit', 'unit', 'test:node', 'tests-only', 'test-only', 'test:ci', 'mocha', 'jest', 'vitest'];

function testScript(scripts: Manifest['scripts']) {
  const all = names.map((name) => testCommands(scripts, name));
  const fallback = { tests: [], prepare: [], unknown: null };
  return all.find((read) => read.tests.length > 0) ?? all[0] ?? fallback;
}

type Found = Omit<TestPlan, 'prepare' | 'uncovered'>;

async function planFor(project: Project, command: TestCommand): Promise<Found | null> {
  const runner = command.tool === 'node' ? await runnerOfScript(project, command.args[0]?.text ?? '') : command.tool;
  const usable = runner === 'tap' || runner === 'tape' ? ((await project.tool(runner)) === null ? 'node:test' : runner) : runner;
  const draft = await adapters[usable].plan(command, project);
  return draft === null ? null : finish(project, { runner: usable, draft, reason: command.source });
}

async function finish(
  project: Project,
  found: { readonly runner: RunnerName; readonly draft: Draft; readonly reason: string },
): Promise<Found> {
  const { runner, draft, reason } = found;
  return { ...draft, runner, directory: project.directory, style: await readStyle(project, runner, draft), reason };
}

const order = ['vitest', 'jest', 'mocha', 'ava', 'tape', 'tap'] as const;

/** No script says how tests run: a runner among the dependencies and test files beside it do. */
async function withoutScript(project: Project): Promise<Detection> {
  const declared = { ...project.manifest.dependencies, ...project.manifest.devDependencies };
  for (const tool of order.filter((name) => name in declared)) {
    const found = await planFor(project, { tool, nodeArgs: [], args: [], env: {}, source: `devDependencies.${tool}` });
    if (found !== null && found.files.length > 0) return { kind: 'plan', plan: { ...found, prepare: [], uncovered: [] } };
  }
  const found = await planFor(project, {
    tool: 'node:test',
    nodeArgs: ['--test'],
    args: [],
    env: {},
    source: 'files that import node:test',
  });
  if (found !== null && found.style.assertions.includes('node:test'))
    return { kind: 'plan', plan: { ...found, prepare: [], uncovered: [] } };
  const message =
    project.manifest.scripts['test'] === undefined
      ? 'package.json has no test script, and no runner is among its dependencies'
      : `scripts.test runs no tests: ${project.manifest.scripts['test']}`;
  return { kind: 'none', code: 'no-tests', message };
}

function unknown(message: string): Detection {
  return { kind: 'none', code: 'runner-unknown', message: `${message}; a command that writes JUnit XML can be named for this repository` };
}

async function named(project: Project, { command, resultFile }: NonNullable<DetectOptions['junit']>): Promise<TestPlan> {
  const files = project.files
    .filter((path) => /(^|\/)(tests?|__tests__|specs?)\/.*\.[cm]?[jt]sx?$|[._-](test|spec)\.[cm]?[jt]sx?$/.test(path))
    .sort();
  const draft: Draft = { argv: command, env: {}, resultFile, specs: [], files, version: null };
  const found = await finish(project, { runner: 'junit', draft, reason: `named for this repository: ${command.join(' ')}` });
  return { ...found, prepare: [], uncovered: [] };
}
