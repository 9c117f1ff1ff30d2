import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, rounded, timed } from './measure.mjs';

const dependency = { name: 'ms', from: '2.1.2', to: '2.1.3' };
const suiteSeconds = 5;

/**
 * What the factory costs beside the commands it must run anyway: on repositories whose suite takes five seconds,
 * `npm ci`, the suite twice, the update, `npm ci`, the suite, against `jidoka run deps`. Each pair has a repository of
 * its own, so that no baseline is taken over; the order alternates. The first run of a new home, which makes the
 * database, is told apart.
 *
 * @param {string} program
 * @param {number} pairs
 */
export function overhead(program, pairs) {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-overhead-'));
  const factory = { program, home: join(folder, 'home') };
  try {
    const first = byFactory(makeRepository(folder, 'first'), factory);
    const measured = Array.from({ length: pairs }, (_, pair) => measurePair(folder, pair, factory));
    const bareMs = measured.map((pair) => pair.bareMs);
    const factoryMs = measured.map((pair) => pair.factoryMs);
    const ratio = median(factoryMs) / median(bareMs);
    return {
      goalPercent: 15,
      percent: rounded((ratio - 1) * 100),
      bareMs: bareMs.map(Math.round),
      factoryMs: factoryMs.map(Math.round),
      firstRunMs: Math.round(first.ms),
      stages: first.stages,
      suiteSeconds,
      pairs,
    };
  } finally {
    rmSync(folder, { recursive: true });
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
    return { bareMs, factoryMs: byFactory(repository, factory).ms };
  }
  const factoryMs = byFactory(repository, factory).ms;
  return { bareMs: byHand(repository, join(folder, `bare-${pair}`)), factoryMs };
}

/**
 * @param {string} folder
 * @param {string} name
 */
function makeRepository(folder, name) {
  const repository = join(folder, name);
  timed(['git', 'init', '--quiet', '--initial-branch=main', repository]);
  const manifest = {
    name,
    version: '1.0.0',
    private: true,
    scripts: { test: 'node --test' },
    dependencies: { [dependency.name]: dependency.from },
  };
  writeFileSync(join(repository, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(repository, '.gitignore'), 'node_modules/\n');
  writeFileSync(join(repository, 'slow.test.js'), suite());
  timed(['npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: repository });
  timed(['git', 'add', '--all'], { cwd: repository });
  timed(['git', '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '--message', name], { cwd: repository });
  return repository;
}

function suite() {
  const tests = Array.from(
    { length: suiteSeconds },
    (_, at) => `test('second ${at + 1}', async () => { await setTimeout(1000); assert.equal(ms('1s'), 1000); });`,
  );
  const head = [
    "const test = require('node:test');",
    "const assert = require('node:assert');",
    "const { setTimeout } = require('node:timers/promises');",
  ];
  return `${[...head, `const ms = require('${dependency.name}');`, ...tests].join('\n')}\n`;
}

/**
 * @param {string} repository
 * @param {string} clone
 */
function byHand(repository, clone) {
  const quiet = ['--no-audit', '--no-fund'];
  return [
    timed(['git', 'clone', '--quiet', repository, clone]),
    timed(['npm', 'ci', ...quiet], { cwd: clone }),
    timed(['npm', 'test'], { cwd: clone }),
    timed(['npm', 'test'], { cwd: clone }),
    timed(['npm', 'install', ...quiet, `${dependency.name}@${dependency.to}`], { cwd: clone }),
    timed(['npm', 'ci', ...quiet], { cwd: clone }),
    timed(['npm', 'test'], { cwd: clone }),
  ].reduce((sum, { ms }) => sum + ms, 0);
}

/**
 * @typedef {{ program: string, home: string }} Factory
 * @param {string} repository
 * @param {Factory} factory
 */
function byFactory(repository, { program, home }) {
  const argv = ['run', 'deps', '--repo', repository, '--package', dependency.name, '--to', dependency.to, '--json'];
  const { ms, stdout } = timed([process.execPath, program, ...argv], { env: { ...process.env, JIDOKA_HOME: home } });
  /** @type {import('../dist/src/core/ports/factory.js').RunResult} */
  const result = JSON.parse(stdout);
  if (result.verdict !== 'PR_READY') throw new Error(`The factory said ${result.verdict}: ${result.reason.message}`);
  return { ms, stages: result.stages.map(({ id, durationMs }) => ({ id, durationMs: Math.round(durationMs) })) };
}
