import { linesFile } from '../reporters/lines.ts';
import { jestReporter } from '../reporters/jest.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import type { TestPlan } from '../types.ts';
import { type Adapter, expandWords, filesOf, nodeCommand } from './adapter.ts';
import { configuredGlobs } from './configured-globs.ts';
import { fromLines } from './from-lines.ts';
import { reporterPackage } from './reporter-package.ts';

const dropped = {
  alone: [
    '--bail',
    '-b',
    '--ci',
    '--coverage',
    '--collectCoverage',
    '--collect-coverage',
    '--watch',
    '--watchAll',
    '--watchman',
    '--verbose',
    '--silent',
    '--json',
    '--notify',
    '-o',
    '--onlyChanged',
    '--onlyFailures',
    '-f',
    '--lastCommit',
    '-u',
    '--updateSnapshot',
    '--listTests',
    '--colors',
    '--color',
    '--useStderr',
    '--expand',
  ],
  valued: [
    '--reporters',
    '--outputFile',
    '--changedSince',
    '--coverageDirectory',
    '--coverageReporters',
    '--coverageThreshold',
    '--collectCoverageFrom',
    '--coverageProvider',
    '--coveragePathIgnorePatterns',
  ],
};
const valued = [
  '-c',
  '--config',
  '--rootDir',
  '--roots',
  '--testPathPattern',
  '--testPathPatterns',
  '-t',
  '--testNamePattern',
  '-w',
  '--maxWorkers',
  '--env',
  '--testEnvironment',
  '--testTimeout',
  '--selectProjects',
  '--ignoreProjects',
  '--projects',
  '--testMatch',
  '--testRegex',
  '--shard',
  '--cacheDirectory',
  '--testPathIgnorePatterns',
  '--modulePathIgnorePatterns',
  '--preset',
  '--transform',
  '--runner',
  '--globals',
  '--setupFiles',
  '--setupFilesAfterEnv',
  '--setupTestFrameworkScriptFile',
  '--maxConcurrency',
  '--workerIdleMemoryLimit',
  '--moduleFileExtensions',
  '--seed',
  '--resolver',
  '--testRunner',
  '--globalSetup',
  '--globalTeardown',
  '--filter',
];
const defaults = ['**/__tests__/**/*.?(c|m)[jt]s?(x)', '**/?(*.)+(spec|test).?(c|m)[jt]s?(x)'];
const configFiles = ['jest.config.js', 'jest.config.ts', 'jest.config.mjs', 'jest.config.cjs', 'jest.config.json'];

/** jest 24 to 30, by a reporter of the factory's own; snapshots are compared and never written. */
export const jest: Adapter = {
  files: reporterPackage('index.cjs', jestReporter),
  async plan(command, project) {
    const tool = await project.tool('jest');
    if (tool === null) return null;
    const { flags, specs: given } = partArgs(dropFlags(command.args, dropped), valued);
    const specs = expandWords(given, project.files);
    const globs = await configuredGlobs(project, { key: 'testMatch', configFiles, manifestKey: 'jest' });
    return {
      argv: [
        ...nodeCommand(tool, command),
        ...flags.map((flag) => flag.text),
        '--ci',
        '--coverage=false',
        '--bail=0',
        '--reporters=jidoka-reporter',
        ...specs,
      ],
      env: { CI: '1', ...command.env },
      resultFile: linesFile,
      specs,
      files: byPattern(filesOf(project, globs, defaults), specs),
      version: tool.version,
    };
  },
  withFile(plan, file) {
    return byPattern([file], plan.specs).length > 0 ? plan.argv : [...plan.argv, file];
  },
  read: fromLines,
};

/** What jest's patterns (regular expressions over the path) leave of the files. */
function byPattern(files: readonly string[], patterns: TestPlan['specs']): readonly string[] {
  if (patterns.length === 0) return files;
  return files.filter((file) => patterns.some((pattern) => matches(pattern, file)));
}

function matches(pattern: string, file: string): boolean {
  try {
    return new RegExp(pattern.replace(/^\.?\//, ''), 'i').test(file);
  } catch {
    return file.includes(pattern);
  }
}
