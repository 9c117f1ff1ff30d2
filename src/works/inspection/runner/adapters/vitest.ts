import { linesFile } from '../reporters/lines.ts';
import { vitestReporter } from '../reporters/vitest.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import { type Adapter, expandWords, filesOf, nodeCommand } from './adapter.ts';
import { configuredGlobs } from './configured-globs.ts';
import { fromLines } from './from-lines.ts';
import { reporterPackage } from './reporter-package.ts';

const dropped = {
  alone: [
    '--run',
    '--watch',
    '-w',
    '--coverage',
    '--ui',
    '--open',
    '--silent',
    '-u',
    '--update',
    '--changed',
    '--hideSkippedTests',
    '--standalone',
    '--color',
    '--clearScreen',
    '--inspect',
    '--inspect-brk',
  ],
  valued: ['--reporter', '--reporters', '--outputFile', '--bail'],
};
const valued = [
  '-c',
  '--config',
  '-r',
  '--root',
  '--dir',
  '-t',
  '--testNamePattern',
  '--environment',
  '--pool',
  '--project',
  '--testTimeout',
  '--hookTimeout',
  '--teardownTimeout',
  '--retry',
  '--exclude',
  '--shard',
  '--mode',
  '--maxWorkers',
  '--minWorkers',
  '--maxConcurrency',
  '--workspace',
];
const defaults = ['**/*.{test,spec}.?(c|m)[jt]s?(x)'];
const configFiles = [
  'vitest.config.ts',
  'vitest.config.mts',
  'vitest.config.js',
  'vitest.config.mjs',
  'vite.config.ts',
  'vite.config.mts',
  'vite.config.js',
  'vite.config.mjs',
];

/** vitest 0.34 to 4, by a reporter of the factory's own; snapshots are compared and never written. */
export const vitest: Adapter = {
  files: reporterPackage('index.mjs', vitestReporter),
  async plan(command, project) {
    const tool = await project.tool('vitest');
    if (tool === null) return null;
    const { flags, specs: given } = partArgs(dropFlags(command.args, dropped), valued);
    const specs = expandWords(given, project.files).filter((spec, index) => index > 0 || !/^(run|watch|dev)$/.test(spec));
    // Before 1.0 any coverage setting on the command line switches it on.
    const coverage = tool.version?.startsWith('0.') === true ? [] : ['--coverage.enabled=false'];
    const usual = filesOf(project, [], defaults);
    const files =
      usual.length > 0
        ? usual
        : filesOf(project, [], await configuredGlobs(project, { key: 'include', configFiles, manifestKey: 'vitest' }));
    return {
      argv: [
        ...nodeCommand(tool, command),
        'run',
        ...flags.map((flag) => flag.text),
        '--reporter=jidoka-reporter',
        ...coverage,
        '--bail=0',
        ...specs,
      ],
      env: { CI: '1', ...command.env },
      resultFile: linesFile,
      specs,
      files: specs.length === 0 ? files : files.filter((file) => specs.some((spec) => taken(spec, file))),
      version: tool.version,
    };
  },
  withFile(plan, file) {
    const covered = plan.specs.length === 0 || plan.specs.some((spec) => taken(spec, file));
    return covered ? plan.argv : [...plan.argv, file];
  },
  read: fromLines,
};

/** vitest takes a file whose path contains the filter. */
function taken(spec: string, file: string): boolean {
  return file.includes(spec.replace(/^\.\//, ''));
}
