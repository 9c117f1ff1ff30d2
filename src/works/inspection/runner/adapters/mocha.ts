import { parse } from 'yaml';
import { linesFile, scratch } from '../reporters/lines.ts';
import { mochaReporter } from '../reporters/mocha.ts';
import type { Project } from '../project.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import { parseShellLine } from '../script/shell-line.ts';
import { type Adapter, appended, expandWords, filesOf, nodeCommand } from './adapter.ts';
import { fromLines } from './from-lines.ts';

const reporter = `${scratch}/mocha-reporter.cjs`;

const dropped = {
  alone: [
    '--bail',
    '-b',
    '--forbid-only',
    '--forbid-pending',
    '--watch',
    '-w',
    '--color',
    '--colors',
    '-c',
    '-C',
    '--growl',
    '-G',
    '--inspect',
    '--inspect-brk',
    '--inline-diffs',
    '--dry-run',
  ],
  valued: ['--reporter', '-R', '--reporter-option', '--reporter-options', '-O', '--watch-files', '--watch-ignore'],
};
const valued = [
  '-r',
  '--require',
  '--file',
  '--spec',
  '--config',
  '--opts',
  '--package',
  '--extension',
  '--ignore',
  '--exclude',
  '-g',
  '--grep',
  '-f',
  '--fgrep',
  '-t',
  '--timeout',
  '--timeouts',
  '-s',
  '--slow',
  '-u',
  '--ui',
  '--retries',
  '-j',
  '--jobs',
  '--import',
  '--loader',
  '-n',
  '--node-option',
  '--compilers',
];

/** mocha 3 to 11, by a reporter of the factory's own. */
export const mocha: Adapter = {
  files: { [reporter]: mochaReporter },
  async plan(command, project) {
    const tool = await project.tool('mocha');
    if (tool === null) return null;
    const { flags, specs: given } = partArgs(dropFlags(command.args, dropped), valued);
    const config = await configOf(
      project,
      flags.map((flag) => flag.text),
    );
    const own = [...expandWords(given, project.files), ...config.specs];
    // With no spec of its own mocha takes ./test; named, so that one more file does not replace it.
    const specs = own.length > 0 || flags.some((flag) => /^--spec\b/.test(flag.text)) ? own : ['./test'];
    const noBail = config.bails ? ['--no-bail'] : [];
    return {
      argv: [...nodeCommand(tool, command), ...flags.map((flag) => flag.text), ...noBail, '--reporter', `./${reporter}`, ...specs],
      env: command.env,
      resultFile: linesFile,
      specs,
      files: filesOf(project, specs, []),
      version: tool.version,
    };
  },
  withFile(plan, file) {
    if (!plan.style.early) return appended(plan, file);
    const at = plan.argv.length - plan.specs.length;
    return [plan.argv[0], ...plan.argv.slice(1, at), file, ...plan.argv.slice(at)];
  },
  read: fromLines,
};

interface Config {
  readonly specs: readonly string[];
  readonly bails: boolean;
}

const configFiles = ['.mocharc.js', '.mocharc.cjs', '.mocharc.yaml', '.mocharc.yml', '.mocharc.jsonc', '.mocharc.json'];

/** The first configuration in mocha's own order; one written in JavaScript is read by its literals. */
async function configOf(project: Project, flags: readonly string[]): Promise<Config> {
  const named = flags[flags.indexOf('--config') + 1];
  const paths = flags.includes('--config') && named !== undefined ? [named] : configFiles;
  for (const path of paths) {
    const text = await project.read(path);
    if (text !== null) return /\.c?js$/.test(path) ? fromSource(text) : fromData(parseLoose(text));
  }
  const inManifest = project.manifest['mocha'];
  if (inManifest !== undefined) return fromData(inManifest);
  return fromOpts((await project.read('test/mocha.opts')) ?? '');
}

function parseLoose(text: string): unknown {
  try {
    return parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));
  } catch {
    return null;
  }
}

function fromData(data: unknown): Config {
  if (typeof data !== 'object' || data === null) return { specs: [], bails: false };
  const spec = 'spec' in data ? data.spec : [];
  return { specs: [spec].flat().filter((one) => typeof one === 'string'), bails: 'bail' in data && data.bail === true };
}

function fromSource(text: string): Config {
  const spec = /\bspec['"]?\s*:\s*(\[[^\]]*\]|['"][^'"]*['"])/.exec(text)?.[1] ?? '';
  return { specs: [...spec.matchAll(/['"]([^'"]+)['"]/g)].flatMap(([, one]) => one ?? []), bails: /\bbail['"]?\s*:\s*true/.test(text) };
}

function fromOpts(text: string): Config {
  const words = parseShellLine(text.replaceAll('\n', ' '))[0]?.words ?? [];
  return { specs: partArgs(words, [...valued, ...dropped.valued]).specs.map((word) => word.text), bails: false };
}
