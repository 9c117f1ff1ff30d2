import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, rounded, timed } from './measure.mjs';

const suiteSeconds = 5;
const buggy = 'exports.last = (list) => list[list.length];\n';
const mended = 'exports.last = (list) => list[list.length - 1];\n';
const ticket = '# last() gives nothing\n\n## Actual\n`last([1, 2, 3])` gives undefined.\n\n## Expected\nIt gives 3.\n';
const reproduction = `const test = require('node:test');
const assert = require('node:assert');
const { last } = require('./last.js');
test('gives the last of three', () => assert.strictEqual(last([1, 2, 3]), 3));
test('gives the last of two', () => assert.strictEqual(last([1, 2]), 2));
`;

/** A station that takes no time: what is left is the factory. */
const agent = `const { writeFileSync, readFileSync } = require('node:fs');
const { assignment } = JSON.parse(readFileSync(process.env.JIDOKA_PACKET, 'utf8'));
const deeds = {
  reproduction: () => {
    writeFileSync('last.test.js', ${JSON.stringify(reproduction)});
    return { state: 'DONE', summary: 'Two tests fail.', files: ['last.test.js'], symptom: 'strictly equal' };
  },
  classification: () => ({ state: 'DONE', summary: 'A fault.', kind: 'bug' }),
  plan: () => ({ state: 'DONE', summary: 'One line.', steps: ['Count from 0 in last.js.'], files: ['last.js'] }),
  change: () => {
    writeFileSync('last.js', ${JSON.stringify(mended)});
    return { state: 'DONE', summary: 'Counted from 0.', filesChanged: ['last.js'] };
  },
  review: () => ({ state: 'DONE', summary: 'It mends the cause.', verdict: 'approve' }),
};
writeFileSync(process.env.JIDOKA_RESULT, JSON.stringify({ report: deeds[assignment.form]() }));
`;

/**
 * What the line of tickets costs beside what somebody careful runs by hand: clone, install, the suite twice, the new test
 * twice before and twice after, a clean clone with the change in it, install, the suite. Each pair has a repository of its own;
 * the order alternates.
 *
 * @param {string} program
 * @param {number} pairs
 */
export function ticketBench(program, pairs) {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-ticket-'));
  const factory = { program, home: join(folder, 'home') };
  try {
    byFactory(makeRepository(folder, 'first'), factory);
    const measured = Array.from({ length: pairs }, (_, pair) => measurePair(folder, pair, factory));
    const ratio = median(measured.map(({ factoryMs }) => factoryMs)) / median(measured.map(({ bareMs }) => bareMs));
    return { percent: rounded((ratio - 1) * 100), suiteSeconds, pairs: measured };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * @param {string} folder
 * @param {number} pair
 * @param {Factory} factory
 */
function measurePair(folder, pair, factory) {
  const repository = makeRepository(folder, `pair-${pair}`);
  if (pair % 2 === 0) {
    const bareMs = byHand(repository, join(folder, `bare-${pair}`));
    return { bareMs, ...byFactory(repository, factory) };
  }
  const factoryRun = byFactory(repository, factory);
  return { bareMs: byHand(repository, join(folder, `bare-${pair}`)), ...factoryRun };
}

/**
 * A repository with a fault, and a suite that takes its time and does not see it.
 *
 * @param {string} folder
 * @param {string} name
 */
export function makeRepository(folder, name) {
  const repository = join(folder, name);
  timed(['git', 'init', '--quiet', '--initial-branch=main', repository]);
  const manifest = { name, version: '1.0.0', private: true, scripts: { test: 'node --test' } };
  const lock = { name, version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name, version: '1.0.0' } } };
  writeFileSync(join(repository, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(repository, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  writeFileSync(join(repository, 'last.js'), buggy);
  writeFileSync(join(repository, 'slow.test.js'), suite());
  timed(['git', 'add', '--all'], { cwd: repository });
  timed(['git', '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '--message', name], { cwd: repository });
  writeFileSync(`${repository}.md`, `${ticket}\nSeen in ${name}.\n`);
  return repository;
}

function suite() {
  const tests = Array.from({ length: suiteSeconds }, (_, at) => `test('second ${at + 1}', () => setTimeout(1000));`);
  return `const test = require('node:test');\nconst { setTimeout } = require('node:timers/promises');\n${tests.join('\n')}\n`;
}

/**
 * @param {string} repository
 * @param {string} clone
 */
function byHand(repository, clone) {
  const quiet = ['--no-audit', '--no-fund'];
  const clean = `${clone}-clean`;
  const steps = [() => timed(['git', 'clone', '--quiet', repository, clone]), () => timed(['npm', 'ci', ...quiet], { cwd: clone })];
  for (const _ of [1, 2]) steps.push(() => timed(['npm', 'test'], { cwd: clone }));
  steps.push(() => (writeFileSync(join(clone, 'last.test.js'), reproduction), { ms: 0, stdout: '' }));
  for (const _ of [1, 2]) steps.push(() => timed([process.execPath, '--test', 'last.test.js'], { cwd: clone, expect: [1] }));
  steps.push(() => timed(['git', 'clone', '--quiet', repository, clean]));
  steps.push(() => {
    writeFileSync(join(clean, 'last.test.js'), reproduction);
    writeFileSync(join(clean, 'last.js'), mended);
    return timed(['npm', 'ci', ...quiet], { cwd: clean });
  });
  for (const _ of [1, 2]) steps.push(() => timed([process.execPath, '--test', 'last.test.js'], { cwd: clean }));
  steps.push(() => timed(['npm', 'test'], { cwd: clean }));
  return Math.round(steps.reduce((sum, step) => sum + step().ms, 0));
}

/**
 * @typedef {{ program: string, home: string }} Factory
 * @param {string} repository
 * @param {Factory} factory
 */
function byFactory(repository, { program, home }) {
  const station = `command:node -e eval(Buffer.from('${Buffer.from(agent).toString('base64')}','base64').toString())`;
  const argv = ['run', 'bug', '--repo', repository, '--ticket', `${repository}.md`, '--station', station, '--json'];
  const { ms, stdout } = timed([process.execPath, program, ...argv], { env: { ...process.env, JIDOKA_HOME: home } });
  /** @type {import('../dist/src/core/ports/factory.js').RunResult} */
  const result = JSON.parse(stdout);
  if (result.verdict !== 'PR_READY') throw new Error(`The factory said ${result.verdict}: ${result.reason.message}`);
  return { factoryMs: Math.round(ms), stages: result.stages.map(({ id, durationMs }) => ({ id, durationMs: Math.round(durationMs) })) };
}
