import { partArgs } from './flags.ts';
import type { Word } from './shell-line.ts';

/** A command without what is wrapped around it. */
export interface Unwrapped {
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly Word[];
}

/**
 * Takes off what a test command is wrapped in: variables, cross-env, npx, coverage tools and the like.
 * Variables whose value only the shell knows are left out.
 *
 * @example
 * unwrap(words('cross-env NODE_ENV=test c8 --all mocha')); // { env: { NODE_ENV: 'test' }, words: mocha }
 */
export function unwrap(words: readonly Word[]): Unwrapped {
  const env: Record<string, string> = {};
  let rest = words;
  for (;;) {
    const [first] = rest;
    if (first === undefined) return { env, words: rest };
    const assigned = /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text);
    if (assigned?.[1] !== undefined) {
      const value = assigned[2] ?? '';
      if (!/[$`]/.test(value)) env[assigned[1]] = value;
      rest = rest.slice(1);
      continue;
    }
    const inner = wrapped(first.text, rest.slice(1));
    if (inner === null) return { env, words: rest };
    rest = inner;
  }
}

/** Flags with a value, by wrapper; null means that the wrapper is not one or wraps nothing. */
const wrappers: Readonly<Record<string, readonly string[]>> = {
  'cross-env': [],
  'cross-env-shell': [],
  env: ['-u'],
  npx: ['-p', '--package', '-c'],
  dotenv: ['-e'],
  dotenvx: ['-f'],
  'env-cmd': ['-f', '-e'],
  c8: [
    '-r',
    '--reporter',
    '-n',
    '--include',
    '-x',
    '--exclude',
    '-e',
    '--extension',
    '--src',
    '-o',
    '--reports-dir',
    '--report-dir',
    '--temp-directory',
    '--lines',
    '--branches',
    '--functions',
    '--statements',
    '-c',
    '--config',
  ],
  nyc: [
    '-r',
    '--reporter',
    '-n',
    '--include',
    '-x',
    '--exclude',
    '-e',
    '--extension',
    '--report-dir',
    '-t',
    '--temp-dir',
    '--temp-directory',
    '--lines',
    '--branches',
    '--functions',
    '--statements',
    '--nycrc-path',
    '--cwd',
    '-i',
    '--require',
  ],
  'retry-cli': ['-n'],
  'xvfb-run': ['-s', '-e'],
  time: [],
  timeout: [],
  exec: [],
  command: [],
  'with-env': [],
};

function wrapped(name: string, rest: readonly Word[]): readonly Word[] | null {
  const tool = name.split('/').at(-1) ?? name;
  if (tool === 'istanbul' || tool === 'babel-istanbul' || tool === 'isparta') return istanbul(rest);
  if ((tool === 'yarn' || tool === 'pnpm' || tool === 'npm') && /^(exec|dlx|x)$/.test(rest[0]?.text ?? ''))
    return afterFlags(rest.slice(1), []);
  if (tool === 'yarn' || tool === 'pnpm') return knownTool(rest);
  const valued = wrappers[tool];
  if (valued === undefined || /^(report|check-coverage|merge|instrument)$/.test(rest[0]?.text ?? '')) return null;
  const inner = afterFlags(rest, valued);
  if (inner.length === 0) return null;
  return tool === 'timeout' ? inner.slice(1) : inner;
}

/** `yarn jest` runs the tool of that name; `yarn build` runs a script and is no wrapper. */
function knownTool(rest: readonly Word[]): readonly Word[] | null {
  return /^(mocha|jest|vitest|tape|tap|ava|c8|nyc|cross-env|tsx|ts-node|node)$/.test(rest[0]?.text ?? '') ? rest : null;
}

function istanbul(rest: readonly Word[]): readonly Word[] | null {
  if (rest[0]?.text !== 'cover' && rest[0]?.text !== 'test') return null;
  const { specs } = partArgs(
    rest.slice(1).filter((word) => word.text !== '--'),
    ['--report', '--dir', '-x', '--config'],
  );
  const dashes = rest.findIndex((word) => word.text === '--');
  const [tool] = specs;
  return tool === undefined ? null : [tool, ...(dashes === -1 ? specs.slice(1) : rest.slice(dashes + 1))];
}

function afterFlags(words: readonly Word[], valued: readonly string[]): readonly Word[] {
  let at = 0;
  for (; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (text === '--') return words.slice(at + 1);
    if (!text.startsWith('-')) break;
    if (valued.includes(text)) at += 1;
  }
  return words.slice(at);
}
