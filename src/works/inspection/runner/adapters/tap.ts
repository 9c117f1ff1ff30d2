import semver from 'semver';
import type { Project } from '../project.ts';
import { type Reading, type TestReport, unreadable } from '../results/reading.ts';
import { type TapItem, type TapPoint, type TapSubtest, parseTap } from '../results/tap.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import { type Adapter, appended, expandWords, filesOf, nodeCommand } from './adapter.ts';

const dropped = {
  alone: [
    '--bail',
    '-b',
    '--cov',
    '--coverage',
    '--check-coverage',
    '--disable-coverage',
    '--allow-empty-coverage',
    '--allow-incomplete-coverage',
    '--100',
    '--watch',
    '-w',
    '--changed',
    '-n',
    '--color',
    '-c',
    '-C',
    '--save',
    '--show-full-coverage',
    '--snapshot',
    '-S',
    '--browser',
    '--diag',
  ],
  valued: [
    '-R',
    '--reporter',
    '--coverage-report',
    '--branches',
    '--functions',
    '--lines',
    '--statements',
    '-o',
    '--output-file',
    '--output-dir',
    '-d',
    '--coverage-map',
    '-M',
    '--reporter-arg',
    '--reporter-file',
  ],
};
const valued = [
  '-r',
  '--require',
  '-t',
  '--timeout',
  '-j',
  '--jobs',
  '-J',
  '-g',
  '--grep',
  '--node-arg',
  '--test-arg',
  '--test-env',
  '--test-regex',
  '--test-ignore',
  '--files',
  '--include',
  '--exclude',
  '--before',
  '--after',
  '--rcfile',
  '--plugin',
];
const defaults = [
  '**/{test,tests,__tests__}/**/*.?(c|m)[jt]s?(x)',
  '**/*.{test,spec,tests,specs}.?(c|m)[jt]s?(x)',
  '**/{test,tests,spec,specs}.?(c|m)[jt]s?(x)',
];

/** tap 14 to 21, by its TAP on stdout; without coverage, which decides nothing here. */
export const tap: Adapter = {
  files: {},
  async plan(command, project) {
    const tool = await project.tool('tap');
    if (tool === null) return null;
    const { flags, specs: given } = partArgs(dropFlags(command.args, dropped), valued);
    const specs = expandWords(given, project.files).filter((spec) => spec !== 'run');
    const modern = semver.gte(tool.version ?? declared(project), '18.0.0');
    const coverage = modern ? ['--disable-coverage', '--allow-empty-coverage'] : ['--no-coverage'];
    return {
      argv: [...nodeCommand(tool, command), ...flags.map((flag) => flag.text), '--reporter=tap', '--no-bail', ...coverage, ...specs],
      env: command.env,
      resultFile: null,
      specs,
      files: filesOf(project, specs, defaults),
      version: tool.version,
    };
  },
  withFile: appended,
  read({ process }) {
    if (process.truncated) return { ...unreadable('the output was too long to be kept whole'), cwd: '' };
    return { ...readTap(process.stdout), cwd: '' };
  },
};

function declared(project: Project): string {
  const range = project.manifest.devDependencies['tap'] ?? project.manifest.dependencies['tap'] ?? '';
  return (semver.validRange(range) === null ? null : semver.minVersion(range)?.version) ?? '18.0.0';
}

function readTap(text: string): Reading {
  const document = parseTap(text);
  const files = document.items.flatMap((item) => (item.kind === 'subtest' ? [item] : []));
  const reports = files.flatMap((file) => reportsOf(file, { file: fileName(file.name), path: [] }));
  const crashes = files.flatMap((file) => crashOf(file, reports));
  const running = files.filter((file) => file.point === null).map((file) => fileName(file.name));
  return { reports, crashes, running, finished: document.planned === files.length + pointsOf(document.items).length, problem: null };
}

type Place = Pick<TestReport, 'file' | 'path'>;

/** A subtest is a test by its own assertions; one that only holds others reports for itself only where it broke. */
function reportsOf(node: TapSubtest, at: Place): readonly TestReport[] {
  const below = node.items.flatMap((item) => (item.kind === 'subtest' ? reportsOf(item, { ...at, path: [...at.path, item.name] }) : []));
  const points = pointsOf(node.items);
  const skips = points.filter((point) => point.skipped);
  const asserted = points.filter((point) => !point.skipped);
  const own = ownReport(node, { asserted, below, skips });
  const report = own === null || (at.path.length === 0 && asserted.length === 0) ? [] : [{ ...at, ...own }];
  return [...report, ...below, ...skips.map((point) => ({ file: at.file, path: [...at.path, point.name], status: 'skip' as const }))];
}

interface Parts {
  readonly asserted: readonly TapPoint[];
  readonly below: readonly TestReport[];
  readonly skips: readonly TapPoint[];
}

function ownReport(node: TapSubtest, { asserted, below, skips }: Parts): Pick<TestReport, 'status' | 'message'> | null {
  const broken = asserted.find((point) => !point.ok);
  if (broken !== undefined) return { status: 'fail', message: broken.message };
  if (node.point?.skipped === true) return { status: 'skip' };
  if (node.point === null) return { status: 'fail', message: 'the test did not come to its end' };
  if (!node.point.ok && !below.some((report) => report.status === 'fail')) return { status: 'fail', message: node.point.message };
  if (asserted.length > 0) return { status: 'pass' };
  return below.length > 0 || skips.length > 0 ? null : { status: 'pass' };
}

/** A file that failed although nothing in it did died: it could not be loaded, or exited with an error. */
function crashOf(node: TapSubtest, reports: readonly TestReport[]): Reading['crashes'] {
  const file = fileName(node.name);
  if (node.point === null || node.point.ok || reports.some((report) => report.file === file && report.status === 'fail')) return [];
  return [{ file, message: node.point.message ?? 'the file failed' }];
}

function pointsOf(items: readonly TapItem[]): readonly TapPoint[] {
  return items.flatMap((item) => (item.kind === 'point' ? [item] : []));
}

function fileName(name: string): string {
  return name.replace(/^\.\//, '');
}
