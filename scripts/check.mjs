// The one command that says whether the house stands: node scripts/check.mjs [NAME…]
// Each check says what it looked at, and fails where that was nothing.
import { spawnSync } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly [string, ...string[]]} argv
 * @property {(output: string) => number} looked counts in the output what the tool looked at
 * @property {string} unit
 * @property {RegExp} [noise] lines of output that say nothing to a person
 */

/** @type {readonly Check[]} */
const checks = [
  { name: 'format', argv: ['oxfmt', '--check'], looked: numberIn(/on (\d+) files/), unit: 'files' },
  {
    name: 'lint',
    argv: ['oxlint', '--deny-warnings', '--report-unused-disable-directives'],
    looked: numberIn(/on (\d+) files/),
    unit: 'files',
  },
  {
    name: 'layers',
    argv: ['tsc', '-b', '--verbose'],
    looked: linesThat(/^.*Project 'src\/.*$/gm),
    unit: 'projects',
    noise: /Project|^\s*\*|^\s*$/,
  },
  { name: 'types', argv: ['tsc', '-p', 'tsconfig.test.json', '--listFiles'], looked: ownFiles, unit: 'files', noise: /^\// },
  { name: 'script-types', argv: ['tsc', '-p', 'scripts', '--listFiles'], looked: ownFiles, unit: 'files', noise: /^\// },
  { name: 'house', argv: ['vitest', 'run', 'test/house'], looked: numberIn(/^(\d+) passed/m), unit: 'laws and planted faults' },
  {
    name: 'dead-code',
    argv: ['knip', '--reporter', 'symbols', '--reporter', './scripts/knip-count.mjs'],
    looked: numberIn(/knip looked at (\d+)/),
    unit: 'files',
  },
  { name: 'schemas', argv: ['node', 'scripts/schemas.mjs', '--check'], looked: numberIn(/^(\d+) schemas/m), unit: 'schemas' },
  { name: 'docs', argv: ['node', 'scripts/docs.mjs', '--check'], looked: numberIn(/^(\d+) pages/m), unit: 'generated pages' },
  { name: 'doc-blocks', argv: ['node', 'scripts/doc-blocks.mjs'], looked: numberIn(/^(\d+) blocks/m), unit: 'code blocks' },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`Unknown check ${unknown.join(', ')}. There are: ${checks.map((check) => check.name).join(', ')}.`);
  process.exit(2);
}
const results = checks.filter((check) => asked.length === 0 || asked.includes(check.name)).map(perform);
const failed = results.filter((result) => !result.ok);
console.log(
  failed.length === 0
    ? `${results.length} checks hold`
    : `${failed.length} of ${results.length} checks fail: ${failed.map((result) => result.name).join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * @param {Check} check
 * @returns {{ name: string, ok: boolean }}
 */
function perform({ name, argv: [command, ...args], looked, unit, noise }) {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: environment(),
    maxBuffer: 2 ** 28,
  });
  const output = `${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : error.message}`;
  const count = looked(output);
  const ok = status === 0 && count > 0;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!ok) console.log(readable(output, noise));
  console.log(
    `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(13)} ${count} ${unit}${count > 0 ? '' : ': a check that looks at nothing fails'}, ${seconds} s`,
  );
  return { name, ok };
}

/** @returns {NodeJS.ProcessEnv} */
function environment() {
  const tools = resolve(root, 'node_modules/.bin');
  return { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}`, NO_COLOR: '1', FORCE_COLOR: undefined };
}

/**
 * @param {string} output
 * @param {RegExp | undefined} noise
 */
function readable(output, noise) {
  const lines = output.split('\n');
  return (noise === undefined ? lines : lines.filter((line) => !noise.test(line))).join('\n').trim();
}

/**
 * @param {RegExp} pattern
 * @returns {(output: string) => number}
 */
function numberIn(pattern) {
  return (output) => Number(pattern.exec(output)?.[1] ?? 0);
}

/**
 * @param {RegExp} pattern
 * @returns {(output: string) => number}
 */
function linesThat(pattern) {
  return (output) => new Set(output.match(pattern)).size;
}

/** @param {string} output */
function ownFiles(output) {
  return output.split('\n').filter((line) => line.startsWith(root) && !line.includes('/node_modules/')).length;
}
