import type { Word } from './shell-line.ts';

/** What a command runs: a test runner by name, or `node` with a file of which only the content tells. */
export type Tool = 'node:test' | 'mocha' | 'jest' | 'vitest' | 'tape' | 'tap' | 'ava' | 'node';

export interface TestCommand {
  readonly tool: Tool;
  /** Flags of node itself, before the file or the runner: `--import tsx`. */
  readonly nodeArgs: readonly string[];
  readonly args: readonly Word[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it stands: `scripts.test: mocha --bail`. */
  readonly source: string;
}

export function baseName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.(?:[cm]?js|cmd)$/, '');
}

/** Flags of node that take the next word. */
export const nodeValued = [
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '--env-file',
  '-C',
  '--conditions',
  '--test-name-pattern',
  '--test-skip-pattern',
  '--test-concurrency',
  '--test-timeout',
  '--test-reporter',
  '--test-reporter-destination',
  '--test-isolation',
  '--test-shard',
  '--max-old-space-size',
  '--stack-size',
  '--icu-data-dir',
  '--title',
  '--watch-path',
  '--input-type',
];

const launchers: Readonly<Record<string, readonly string[]>> = {
  node: [],
  nodejs: [],
  tsx: ['--import', 'tsx'],
  'ts-node': ['-r', 'ts-node/register'],
  'ts-node-transpile-only': ['-r', 'ts-node/register/transpile-only'],
  'ts-node-esm': ['--loader', 'ts-node/esm'],
  'babel-node': ['-r', '@babel/register'],
  'swc-node': ['-r', '@swc-node/register'],
};
const runners: Readonly<Record<string, Tool>> = {
  mocha: 'mocha',
  _mocha: 'mocha',
  jest: 'jest',
  vitest: 'vitest',
  tape: 'tape',
  'tape-esm': 'tape',
  tap: 'tap',
  'node-tap': 'tap',
  ava: 'ava',
  borp: 'node:test',
};

/** The runner that a command starts, null where it is none. */
export function toolOf(words: readonly Word[]): Omit<TestCommand, 'env' | 'source'> | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  const name = baseName(first.text);
  const runner = runners[name] ?? runnerOfPath(first.text);
  if (runner !== undefined) return { tool: runner, nodeArgs: [], args: rest };
  const launcher = launchers[name];
  return launcher === undefined ? null : launched(launcher, rest);
}

function launched(launcher: readonly string[], words: readonly Word[]): Omit<TestCommand, 'env' | 'source'> | null {
  const scriptAt = firstSpec(words);
  const nodeArgs = [...launcher, ...words.slice(0, scriptAt).map((word) => word.text)];
  if (nodeArgs.includes('--test')) return { tool: 'node:test', nodeArgs, args: words.slice(scriptAt) };
  const script = words[scriptAt];
  if (script === undefined) return null;
  const inner = /node_modules\//.test(script.text) ? toolOf(words.slice(scriptAt)) : null;
  if (inner !== null) return { ...inner, nodeArgs };
  return /(^|\/)(tests?|specs?|__tests__)(\/|$)|(^|[/._-])(tests?|spec)([._-]|$)/i.test(script.text)
    ? { tool: 'node', nodeArgs, args: words.slice(scriptAt) }
    : null;
}

function firstSpec(words: readonly Word[]): number {
  let at = 0;
  for (; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (!text.startsWith('-')) break;
    if (nodeValued.includes(text)) at += 1;
  }
  return at;
}

/** `./node_modules/mocha/bin/mocha` and `node_modules/jest-cli/bin/jest.js` are runners by their folder. */
function runnerOfPath(path: string): Tool | undefined {
  const folder = /node_modules\/([^/]+)\/(?:bin|dist|cli|entrypoints|vitest)/.exec(path)?.[1];
  return folder === undefined ? undefined : runners[folder.replace(/-cli$/, '')];
}
