import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, type MadeRepository } from '../../kit/forge/index.ts';
import { fingerprint, refsOf, saying, type ProjectShape } from '../../kit/scenario/index.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { readResult } from './read-result.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene([
    saying('plain', { '1.0.0': 'hello' }),
    saying('loud', { '1.0.0': 'hello', '1.1.0': 'HELLO' }),
    saying('busy', { '1.0.0': 'busy', '1.1.0': { says: 'busy', scripts: { postinstall: 'node index.js' } } }),
    saying('worker', { '1.0.0': 'busy', '1.1.0': { says: 'busy', scripts: { install: 'node index.js' } } }),
    saying('host', { '1.0.0': 'host', '1.1.0': { says: 'host', dependencies: { worker: '1.1.0' } } }),
    saying('modern', { '1.0.0': 'modern', '2.0.0': { says: 'modern', engines: { node: '>=99' } } }),
    saying('over', { '1.0.0': 'over', '1.1.0': { says: 'over', dependencies: { modern: '2.0.0' } } }),
    saying('plugin', {
      '1.0.0': { says: 'plugin', peerDependencies: { plain: '^1.0.0' } },
      '2.0.0': { says: 'plugin', peerDependencies: { plain: '^2.0.0' } },
    }),
    saying('old', { '1.0.0': 'old', '1.1.0': { says: 'old', deprecated: 'use new' } }),
    saying('esm', {
      '1.0.0': 'esm',
      '2.0.0': { files: { 'index.js': 'export const says = "esm";\n' }, manifest: { type: 'module', exports: { import: './index.js' } } },
    }),
  ]);
});
afterAll(() => scene.close());

/** A byte order mark, and line ends of two characters. */
const fromElsewhere =
  '\uFEFF{\r\n  "name": "shop",\r\n  "scripts": { "test": "node --test" },\r\n  "dependencies": {\r\n    "plain": "1.0.0"\r\n  }\r\n}\r\n';

describe('an update that holds', () => {
  it.each<
    [
      string,
      ProjectShape & { readonly lock?: boolean },
      readonly string[],
      { readonly range: string; readonly locked: string | null; readonly files: readonly string[] },
    ]
  >([
    [
      'inside the range moves the lockfile alone',
      { dependencies: { plain: '^1.0.0' } },
      ['--to', 'minor'],
      { range: '^1.0.0', locked: '1.1.0', files: ['package-lock.json'] },
    ],
    [
      'outside the range moves manifest and lockfile',
      { dependencies: { plain: '^1.0.0' } },
      [],
      { range: '^2.0.0', locked: '2.0.0', files: ['package-lock.json', 'package.json'] },
    ],
    [
      'without a lockfile moves the manifest',
      { dependencies: { plain: '~1.0.0' }, lock: false },
      ['--to', '1.1.0'],
      { range: '~1.1.0', locked: null, files: ['package.json'] },
    ],
    [
      'of a development dependency stays one',
      { devDependencies: { plain: '1.0.0' } },
      ['--to', 'minor', '--scope', 'dev'],
      { range: '1.1.0', locked: '1.1.0', files: ['package-lock.json', 'package.json'] },
    ],
    [
      'reads what editors of other systems leave in package.json',
      { dependencies: { plain: '1.0.0' }, expects: { plain: 'hello' }, files: { 'package.json': fromElsewhere } },
      ['--to', 'minor'],
      { range: '1.1.0', locked: '1.1.0', files: ['package-lock.json', 'package.json'] },
    ],
    [
      'is not held up by a test that failed before',
      {
        dependencies: { plain: '1.0.0' },
        expects: { plain: 'hello' },
        files: { 'test/broken.test.js': "require('node:test').test('is broken', () => { throw new Error('since long'); });\n" },
      },
      ['--to', '2.0.0'],
      { range: '2.0.0', locked: '2.0.0', files: ['package-lock.json', 'package.json'] },
    ],
  ])('%s', async (_, shape, args, wanted) => {
    scene.registry.publish(saying('plain', { '1.0.0': 'hello' }));
    const { path, commit } = await scene.project({ expects: { plain: 'hello' }, ...shape });
    scene.registry.publish(saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello', '2.0.0': 'hello' }));
    const { result } = await update(path, ['--package', 'plain', ...args]);
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'PR_READY' });
    const branch = result.branch ?? '';
    expect((await git(path, 'diff', '--name-only', commit, branch)).split('\n')).toEqual(wanted.files);
    const { dependencies, devDependencies } = JSON.parse((await git(path, 'show', `${branch}:package.json`)).replace(/^\uFEFF/, ''));
    expect({ ...dependencies, ...devDependencies }).toEqual({ plain: wanted.range });
    const lock = wanted.locked === null ? null : JSON.parse(await git(path, 'show', `${branch}:package-lock.json`));
    expect(lock?.packages['node_modules/plain'].version ?? null).toBe(wanted.locked);
  });
});

describe('an update that a person must decide', () => {
  it.each<[string, ProjectShape, readonly string[], RegExp]>([
    ['tests-regressed', { dependencies: { loud: '1.0.0' }, expects: { loud: 'hello' } }, ['loud'], /loud says hello \(fail\)/],
    [
      'tests-regressed',
      {
        dependencies: { esm: '1.0.0' },
        expects: { esm: 'esm' },
        files: { 'index.js': "require('esm');\nexports.total = (prices) => prices.length + 1;\n" },
      },
      ['esm', '--to', '2.0.0'],
      /adds up/,
    ],
    ['install-script-added', { dependencies: { busy: '1.0.0' }, expects: { busy: 'busy' } }, ['busy'], /busy@1\.1\.0/],
    ['install-script-added', { dependencies: { host: '1.0.0' }, expects: { host: 'host' } }, ['host'], /worker@1\.1\.0/],
    ['engine-refused', { dependencies: { modern: '1.0.0' }, expects: { modern: 'modern' } }, ['modern', '--to', '2.0.0'], />=99/],
    ['engine-refused', { dependencies: { over: '1.0.0' }, expects: { over: 'over' } }, ['over'], /modern/],
    ['deprecated-release', { dependencies: { old: '1.0.0' }, expects: { old: 'old' } }, ['old', '--to', '1.1.0'], /use new/],
    ['peer-conflict', { dependencies: { plugin: '1.0.0', plain: '1.0.0' }, expects: { plugin: 'plugin' } }, ['plugin'], /plain/],
    ['no-tests', { dependencies: { loud: '1.0.0' }, scripts: {}, files: { 'test/shop.test.js': '' } }, ['loud'], /no test script/],
    ['runner-unknown', { dependencies: { loud: '1.0.0' }, scripts: { test: 'karma start' } }, ['loud'], /karma start/],
    [
      'weak-baseline',
      { dependencies: { loud: '1.0.0' }, expects: { loud: 'something else' }, files: { 'index.js': '' } },
      ['loud'],
      /pass/,
    ],
    [
      'package-manager-unsupported',
      { dependencies: { loud: '1.0.0' }, files: { 'yarn.lock': '# yarn lockfile v1\n' } },
      ['loud'],
      /yarn\.lock/,
    ],
  ])('ends in ESCALATE %s, and delivers no branch', async (code, shape, [name = '', ...args], message) => {
    const made = await scene.project({ ...shape, lock: code !== 'package-manager-unsupported' });
    const before = await fingerprint(made.path);
    const { result, exit } = await update(made.path, ['--package', name, ...args]);
    expect(result, JSON.stringify(result)).toMatchObject({
      verdict: 'ESCALATE',
      reason: { code, message: expect.stringMatching(message) },
      branch: null,
    });
    expect(exit).toBe(3);
    await expectFiled(made, result);
    expect(await fingerprint(made.path)).toEqual(before);
  });

  it('ends in ESCALATE package-not-in-registry where the manifest names what nobody published', async () => {
    const { path } = await scene.project({ dependencies: { ghost: '1.0.0' }, lock: false });
    const { result } = await update(path, ['--package', 'ghost']);
    expect(result).toMatchObject({ verdict: 'ESCALATE', reason: { code: 'package-not-in-registry' } });
  });
});

it('asks what --all cannot answer, rather than say that nothing is owed', async () => {
  const { path } = await scene.project({ dependencies: { beside: 'file:beside' }, lock: false });
  const { code, stdout } = await scene.ask(['run', 'deps', '--all', '--json', '--repo', path]);
  expect(JSON.parse(stdout).runs).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'source-unsupported' } }]);
  expect(code).toBe(3);
});

/** The evidence is in the target and verifies, and no branch is. */
async function expectFiled({ path, commit }: MadeRepository, { evidence }: RunResult): Promise<void> {
  const refs = await refsOf(path);
  expect([...refs.keys()]).toEqual(['refs/heads/main', evidence.ref]);
  expect(refs.get('refs/heads/main')).toBe(commit);
  expect((await scene.ask(['evidence', 'verify', evidence.dir, '--head', evidence.head])).code).toBe(0);
}

async function update(repository: string, args: readonly string[]): Promise<{ readonly result: RunResult; readonly exit: number | null }> {
  const ended = await scene.ask(['run', 'deps', ...args, '--json', '--repo', repository]);
  const result = readResult(ended);
  return { result, exit: ended.code };
}
