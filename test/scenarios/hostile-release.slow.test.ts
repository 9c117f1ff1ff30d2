import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saying } from '../../kit/scenario/index.ts';
import { RunResult } from '../../src/core/ports/factory.ts';
import { openScene, type Scene } from './scene.ts';

/** What a release does when it is loaded; what it says, it no longer says right. */
const hostile: Readonly<Record<string, string>> = {
  'ends the process as if all were well': 'process.exit(0);',
  'ends the process a little later': 'setTimeout(() => process.exit(0), 1).unref();',
  'makes every assertion hold':
    "const assert = require('node:assert'); for (const name of Object.keys(assert)) assert[name] = () => {}; assert.strict = assert;",
  'makes strictEqual hold':
    "const assert = require('node:assert'); assert.strictEqual = () => {}; assert.equal = () => {}; assert.deepEqual = () => {}; assert.deepStrictEqual = () => {};",
  'replaces the tests that follow': "const runner = require('node:test'); runner.test = runner.it = (name, run) => {}; ",
  'kills the runner above it': 'process.kill(process.ppid, "SIGKILL");',
  'throws when loaded': 'throw new Error("no");',
  'never comes to an end': 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
};

let scene: Scene;
let lineFile: string;
beforeAll(async () => {
  scene = await openScene([saying('lure', { '1.0.0': 'hello' })]);
  const { readFile } = await import('node:fs/promises');
  const line = await readFile(new URL('../../lines/deps/line.yaml', import.meta.url), 'utf8');
  lineFile = await scene.write('line.yaml', line.replaceAll('timeout: 5m', 'timeout: 10s'));
});
afterAll(() => scene.close());

describe('a release that works against the suite that tests it', () => {
  it.each(Object.entries(hostile))('is refused when it %s', async (_, deed) => {
    scene.registry.publish(saying('lure', { '1.0.0': 'hello' }));
    const { path } = await scene.project({ dependencies: { lure: '1.0.0' }, expects: { lure: 'hello' } });
    scene.registry.publish(saying('lure', { '1.0.0': 'hello', '1.1.0': { files: { 'index.js': `${deed}\nexports.says = "boo";\n` } } }));
    const { stdout } = await scene.ask(['run', 'deps', '--repo', path, '--package', 'lure', '--to', '1.1.0', '--line', lineFile, '--json']);
    const result = RunResult.parse(JSON.parse(stdout));
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'ESCALATE', branch: null });
    expect(['tests-regressed', 'canary-silent']).toContain(result.reason.code);
  });
});
