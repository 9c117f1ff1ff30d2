import { linesFile, scratch } from '../reporters/lines.ts';
import { nodeTestReporter } from '../reporters/node-test.ts';
import type { Project } from '../project.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import type { Word } from '../script/shell-line.ts';
import { nodeValued } from '../script/tool.ts';
import { type Adapter, appended, expandWords, filesOf } from './adapter.ts';
import { fromLines } from './from-lines.ts';

const reporter = `${scratch}/node-test-reporter.mjs`;

const dropped = {
  alone: ['--test', '--test-only', '--watch', '--experimental-test-coverage', '--test-update-snapshots', '--coverage', '--check-coverage'],
  valued: [
    '--test-reporter',
    '--test-reporter-destination',
    '--test-coverage-include',
    '--test-coverage-exclude',
    '--test-coverage-lines',
    '--test-coverage-branches',
    '--test-coverage-functions',
    '--watch-path',
    '--reporter',
  ],
};

/** Where `node --test` looks without being told. */
const defaults = [
  '**/*.test.?(c|m)[jt]s',
  '**/*-test.?(c|m)[jt]s',
  '**/*_test.?(c|m)[jt]s',
  '**/test-*.?(c|m)[jt]s',
  '**/test.?(c|m)[jt]s',
  '**/test/**/*.?(c|m)[jt]s',
];

/** node:test of the floor's own Node, 20, 22 or 24; a script without any runner is one test by its exit code. */
export const nodeTest: Adapter = {
  files: { [reporter]: nodeTestReporter },
  async plan(command, project) {
    const nodeArgs = dropFlags(command.nodeArgs.map(unquoted), dropped).map((word) => word.text);
    const { flags, specs: given } = partArgs(dropFlags(command.args, dropped), nodeValued);
    const specs = expandWords(given, project.files).map((spec) => asFile(spec, project));
    return {
      argv: [
        'node',
        ...nodeArgs,
        ...flags.map((flag) => flag.text),
        '--test',
        `--test-reporter=./${reporter}`,
        '--test-reporter-destination=stdout',
        ...specs,
      ],
      env: command.env,
      resultFile: linesFile,
      specs,
      files: filesOf(project, specs, defaults),
      version: null,
    };
  },
  withFile: appended,
  read: fromLines,
};

function unquoted(text: string): Word {
  return { text, quoted: false };
}

/** `node test` runs test/index.js or test.js; `node --test` wants the file. */
function asFile(spec: string, project: Project): string {
  const clean = spec.replace(/\/$/, '');
  const candidates = [`${clean}.js`, `${clean}.mjs`, `${clean}.cjs`, `${clean}.ts`];
  const found = project.files.includes(clean.replace(/^\.\//, ''))
    ? undefined
    : candidates.find((path) => project.files.includes(path.replace(/^\.\//, '')));
  return found ?? spec;
}
