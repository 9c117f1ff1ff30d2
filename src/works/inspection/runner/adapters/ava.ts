import type { Reading, TestReport } from '../results/reading.ts';
import { unreadable } from '../results/reading.ts';
import { type TapPoint, parseTap } from '../results/tap.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import { type Adapter, type RunnerOutput, appended, expandWords, filesOf, nodeCommand } from './adapter.ts';
import { configuredGlobs } from './configured-globs.ts';

const dropped = {
  alone: [
    '--fail-fast',
    '--watch',
    '-w',
    '-u',
    '--update-snapshots',
    '--verbose',
    '-v',
    '--tap',
    '-t',
    '--color',
    '--reset-cache',
    'reset-cache',
    'debug',
  ],
  valued: [],
};
const valued = ['--config', '-c', '--concurrency', '-T', '--timeout', '-m', '--match', '--node-arguments'];
const defaults = [
  'test.?(c|m)[jt]s',
  'src/test.?(c|m)[jt]s',
  'source/test.?(c|m)[jt]s',
  '**/test-*.?(c|m)[jt]s',
  '**/*.spec.?(c|m)[jt]s',
  '**/*.test.?(c|m)[jt]s',
  '**/test/**/*.?(c|m)[jt]s',
  '**/tests/**/*.?(c|m)[jt]s',
  '**/__tests__/**/*.?(c|m)[jt]s',
];
const helpers = /(^|\/)(_[^/]*|helpers?|__helpers__|fixtures?|__fixtures__)(\/|\.[cm]?[jt]s$)/;

/** ava 3 to 6, by its TAP on stdout; ava itself sends what tests print to stderr. Snapshots are never written. */
export const ava: Adapter = {
  files: {},
  async plan(command, project) {
    const tool = await project.tool('ava');
    if (tool === null) return null;
    const { flags, specs: given } = partArgs(dropFlags(command.args, dropped), valued);
    const specs = expandWords(given, project.files);
    const globs =
      specs.length > 0
        ? specs
        : await configuredGlobs(project, {
            key: 'files',
            configFiles: ['ava.config.js', 'ava.config.mjs', 'ava.config.cjs'],
            manifestKey: 'ava',
          });
    const wanted = globs.filter((glob) => !glob.startsWith('!'));
    return {
      argv: [...nodeCommand(tool, command), '--tap', '--no-fail-fast', ...flags.map((flag) => flag.text), ...specs],
      env: { CI: '1', ...command.env },
      resultFile: null,
      specs,
      files: filesOf(project, wanted, defaults).filter((file) => !helpers.test(file) && !/\.d\.[cm]?ts$/.test(file)),
      version: tool.version,
    };
  },
  withFile: appended,
  read(output) {
    if (output.process.truncated) return { ...unreadable('the output was too long to be kept whole'), cwd: '' };
    return { ...readAva(output), cwd: '' };
  },
};

function readAva({ process, files }: RunnerOutput): Reading {
  const tap = parseTap(process.stdout);
  const points = tap.items.flatMap((item) => (item.kind === 'point' ? [item] : []));
  const comments = tap.items.flatMap((item) => (item.kind === 'comment' ? [item.text] : []));
  const locate = locator(
    files,
    points.map((point) => point.name),
  );
  const reports: TestReport[] = [];
  const crashes = new Map<string, string>();
  const loose: TapPoint[] = [];
  for (const point of points) {
    const dead = /^(?:No tests found in (.+?)(?:, make sure.*)?|(.+) exited (?:with a non-zero exit code: .+|due to .+))$/.exec(point.name);
    const at = locate(point.name);
    if (dead !== null && !point.ok) crashes.set(dead[1] ?? dead[2] ?? '', point.message ?? point.name);
    else if (at === null) loose.push(point);
    else reports.push({ ...at, status: point.skipped ? 'skip' : point.ok ? 'pass' : 'fail', message: point.message });
  }
  for (const comment of comments) {
    const cut = /^\d+ tests? remaining in (.+)$/.exec(comment);
    if (cut?.[1] !== undefined && !crashes.has(cut[1])) crashes.set(cut[1], comment);
  }
  // An error outside any test names its file, if at all, in its stack.
  for (const [file, message] of crashes) crashes.set(file, loose.find((point) => point.message?.includes(file))?.message ?? message);
  const finished = tap.planned !== null;
  return {
    reports,
    crashes: [...crashes].map(([file, message]) => ({ file, message })),
    running: [],
    finished,
    problem: loose[0]?.name ?? null,
  };
}

type Place = Pick<TestReport, 'file' | 'path'>;

/** ava names a file by its path less what all files share, and not at all where there is only one. */
function locator(files: readonly string[], names: readonly string[]): (name: string) => Place | null {
  const base = sharedFolder(files);
  const prefixes = files
    .map((file) => ({ file, prefix: shown(file.slice(base.length)) }))
    .sort((left, right) => right.prefix.length - left.prefix.length);
  const find = (name: string) => prefixes.find(({ prefix }) => name.startsWith(`${prefix} › `)) ?? null;
  const [only] = files;
  if (only !== undefined && files.length === 1 && !names.some((name) => find(name) !== null))
    return (name) => ({ file: only, path: [name] });
  return (name) => {
    const found = find(name);
    return found === null ? null : { file: found.file, path: [name.slice(found.prefix.length + 3)] };
  };
}

function shown(path: string): string {
  const parts = path.split('/').filter((part) => part !== '__tests__' && part !== '');
  const name = (parts.pop() ?? '')
    .replace(/\.spec\./, '.')
    .replace(/\.test\./, '.')
    .replace(/test-/, '')
    .replace(/\.[cm]?[jt]sx?$/, '');
  return [...parts, name].join(' › ');
}

function sharedFolder(files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => file.split('/').slice(0, -1));
  if (first === undefined) return '';
  const shared = rest.reduce((common, folders) => common.slice(0, differsAt(common, folders)), first);
  return shared.length === 0 ? '' : `${shared.join('/')}/`;
}

function differsAt(left: readonly string[], right: readonly string[]): number {
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? left.length : at;
}
