import { globMatcher } from './glob.ts';
import { partArgs } from './flags.ts';
import { type SimpleCommand, type Word, parseShellLine } from './shell-line.ts';
import { type TestCommand, baseName, toolOf } from './tool.ts';
import { unwrap } from './wrappers.ts';

export interface ScriptReading {
  readonly tests: readonly TestCommand[];
  /** Shell lines before the first test command that are neither tests nor checks of style. */
  readonly prepare: readonly string[];
  /** First command of a chain that looks like tests by a runner that is not known. */
  readonly unknown: string | null;
}

type Scripts = Readonly<Record<string, string>>;
type Step = { readonly kind: 'test'; readonly command: TestCommand } | { readonly kind: 'prepare' | 'unknown'; readonly line: string };

/**
 * Reads what a script and all scripts it calls run, through wrappers and chains, in order.
 *
 * @example
 * testCommands({ test: 'npm run lint && c8 mocha --bail', lint: 'eslint .' }, 'test').tests[0]?.tool; // 'mocha'
 */
export function testCommands(scripts: Scripts, name: string): ScriptReading {
  const steps = stepsOf(scripts, name, { extra: [], env: {}, above: [] });
  const first = steps.findIndex((step) => step.kind === 'test');
  const before = first === -1 ? [] : steps.slice(0, first);
  return {
    tests: steps.flatMap((step) => (step.kind === 'test' ? [step.command] : [])),
    prepare: before.flatMap((step) => (step.kind === 'prepare' ? [step.line] : [])),
    unknown: lineOf(steps.find((step) => step.kind === 'unknown')) ?? (first === -1 ? lastPrepared(steps) : null),
  };
}

/** Where nothing is known to run tests, what comes last does (`make check`): its word must not be passed over. */
function lastPrepared(steps: readonly Step[]): string | null {
  return lineOf(steps.findLast((step) => step.kind === 'prepare'));
}

function lineOf(step: Step | undefined): string | null {
  return step === undefined || step.kind === 'test' ? null : step.line;
}

interface Call {
  /** Arguments that the caller gives after `--`. */
  readonly extra: readonly Word[];
  readonly env: Readonly<Record<string, string>>;
  readonly above: readonly string[];
}

function stepsOf(scripts: Scripts, name: string, call: Call): readonly Step[] {
  const line = scripts[name];
  if (line === undefined || call.above.includes(name) || call.above.length > 8) return [];
  const below = { ...call, above: [...call.above, name] };
  const commands = parseShellLine(line).filter(({ after }) => after !== '|' && after !== '||');
  const own = commands.flatMap((command, index) => {
    const last = index === commands.length - 1;
    return stepsOfCommand(scripts, name, { command, call: last ? below : { ...below, extra: [] } });
  });
  return [...stepsOf(scripts, `pre${name}`, { ...below, extra: [] }), ...own];
}

function stepsOfCommand(scripts: Scripts, name: string, { command, call }: { command: SimpleCommand; call: Call }): readonly Step[] {
  const { env, words } = unwrap(command.words);
  const all = { ...call.env, ...env };
  const called = calledScripts(words, Object.keys(scripts));
  if (called !== null) {
    return called.names.flatMap((next) => stepsOf(scripts, next, { ...call, env: all, extra: [...called.extra, ...call.extra] }));
  }
  const source = `scripts.${name}: ${command.source}`;
  const found = toolOf([...words, ...call.extra]);
  if (found !== null) return [{ kind: 'test', command: { ...found, env: all, source } }];
  const tool = baseName(words[0]?.text ?? '');
  if (tool === '' || checks.test(tool) || harmless(words)) return [];
  return [{ kind: otherRunners.test(tool) ? 'unknown' : 'prepare', line: command.source }];
}

const checks =
  /^(eslint|standard|ts-standard|semistandard|standardx|xo|prettier|tslint|biome|oxlint|dprint|tsd|publint|attw|dtslint|jshint|jscs|eclint|evalmd|depcheck|knip|size-limit|commitlint|markdownlint.*|remark|cspell|aud|better-npm-audit|echo|exit|true|false|:|codecov|coveralls|check-coverage|safe-publish-latest|in-publish|not-in-publish|npmignore|ls-engines|type-coverage|madge|ls-lint|flow|doctoc|sort-package-json|installed-check|license-checker|cat|open|read|snyk|nsp|bundlesize|are-the-types-wrong)$/;
const otherRunners =
  /^(uvu|jasmine|lab|qunit|karma|cypress|playwright|wdio|web-test-runner|wtr|bun|deno|testem|intern|zora|pta|nodeunit|vows|buster.*|react-scripts|ng|tsdx|aegir|airtap|zuul|best|test262-harness|cucumber(-js)?|japa)$/;

function harmless(words: readonly Word[]): boolean {
  const texts = words.map((word) => word.text);
  const [tool = '', second = ''] = [baseName(texts[0] ?? ''), texts[1]];
  if (tool === 'tsc' || tool === 'vue-tsc') return texts.includes('--noEmit');
  if (tool === 'npm' || tool === 'yarn' || tool === 'pnpm')
    return ['audit', 'ls', 'outdated', 'install', 'ci', 'i', 'pack'].includes(second);
  return (tool === 'nyc' || tool === 'c8') && ['report', 'check-coverage'].includes(second);
}

/** Scripts that a command calls, null where it calls none. */
function calledScripts(
  words: readonly Word[],
  names: readonly string[],
): { readonly names: readonly string[]; readonly extra: readonly Word[] } | null {
  const [tool, ...rest] = words;
  if (tool === undefined) return null;
  if (/^(run-s|run-p|npm-run-all2?)$/.test(tool.text)) {
    const { specs } = partArgs(rest, ['--max-parallel']);
    return { names: specs.flatMap((spec) => matching(spec.text, names)), extra: [] };
  }
  if (!/^(npm|yarn|pnpm)$/.test(tool.text)) return null;
  const { flags, specs } = partArgs(rest, []);
  if (flags.some((flag) => /^(-w|--workspaces?|-ws|-r|--recursive|--filter|--prefix|-C)\b/.test(flag.text))) return null;
  const [verb, ...more] = specs;
  const run = verb?.text === 'run' || verb?.text === 'run-script';
  const name = run ? more[0]?.text : verb?.text === 't' || verb?.text === 'tst' ? 'test' : verb?.text;
  if (name === undefined || !names.includes(name)) return null;
  return { names: [name], extra: run ? more.slice(1) : more };
}

function matching(pattern: string, names: readonly string[]): readonly string[] {
  const name = pattern.split(' ')[0] ?? '';
  if (!name.includes('*')) return names.includes(name) ? [name] : [];
  const matches = globMatcher(name.replaceAll(':', '/'));
  return names.filter((candidate) => matches(candidate.replaceAll(':', '/')));
}
