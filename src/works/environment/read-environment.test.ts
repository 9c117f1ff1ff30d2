import { describe, expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { readEnvironment } from './index.ts';

type Files = Readonly<Record<string, string>>;

const read = (files: Files, directory = '') =>
  readEnvironment(
    { ...sampleSeed.repository, directory },
    { list: async () => Object.keys(files), read: async (_, path) => files[path] ?? null },
    sha256,
  );
const words = async (files: Files, directory = ''): Promise<unknown> =>
  (await read(files, directory)).setup.map((command) => command.words);

const sources: readonly (readonly [string, string])[] = [
  ['.jidoka/factory.yaml', 'environment: { setup: [own] }\n'],
  ['.devcontainer/devcontainer.json', '{ "onCreateCommand": ["dev"] }'],
  ['.devcontainer.json', '{ "onCreateCommand": ["dev-at-root"] }'],
  ['.github/workflows/copilot-setup-steps.yml', 'jobs: { copilot-setup-steps: { steps: [{ run: steps }] } }\n'],
  ['.cursor/environment.json', '{ "install": "agent" }'],
  ['mise.toml', '[tools]\nnode = "1"\n'],
  ['.mise.toml', '[tools]\nnode = "2"\n'],
  ['.tool-versions', 'nodejs 3\n'],
  ['.nvmrc', '4\n'],
  ['.node-version', '5\n'],
  ['package-lock.json', '{}'],
];

describe('which file counts', () => {
  it('is the first of them, in this order', async () => {
    const found = await Promise.all(sources.map(async (_, at) => (await read(Object.fromEntries(sources.slice(at)))).source));
    expect(found).toEqual(sources.map(([path]) => path));
  });

  it('is none where there is none, and then nothing is set up', async () => {
    expect(await read({ 'src/a.js': '', 'README.md': '' })).toEqual({
      source: null,
      base: { kind: 'host' },
      tools: {},
      setup: [],
      env: {},
      refused: [],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is the one nearest to the project, and its commands run where it stands', async () => {
    const files = { '.cursor/environment.json': '{ "install": "root" }', 'a/.cursor/environment.json': '{ "install": "a" }' };
    expect(await read(files, 'a/b')).toMatchObject({
      source: 'a/.cursor/environment.json',
      setup: [{ words: ['sh', '-c', 'a'], cwd: 'a' }],
    });
    expect(await read(files)).toMatchObject({ source: '.cursor/environment.json', setup: [{ words: ['sh', '-c', 'root'], cwd: '' }] });
  });

  it('passes over a file of the factory that says nothing of an environment', async () => {
    const found = await read({ '.jidoka/factory.yaml': '# nothing yet\n', '.nvmrc': '22' });
    expect(found).toMatchObject({ source: '.nvmrc', tools: { node: '22' } });
    expect((await read({ '.jidoka/factory.yaml': 'environment:\n', '.nvmrc': '22' })).source).toBe('.nvmrc');
  });

  it('passes over version files that say nothing', async () => {
    expect(
      (await read({ 'mise.toml': '[tasks.a]\nrun = "x"\n', '.tool-versions': '# none\n', '.nvmrc': '\n', '.node-version': '20' })).source,
    ).toBe('.node-version');
  });
});

describe('what lockfiles imply', () => {
  it.each<[string, Files, unknown]>([
    ['package-lock.json', { 'package-lock.json': '', 'package.json': '' }, [['npm', 'ci']]],
    ['npm-shrinkwrap.json', { 'npm-shrinkwrap.json': '', 'package.json': '' }, [['npm', 'ci']]],
    ['package.json alone', { 'package.json': '' }, [['npm', 'install', '--no-audit', '--no-fund']]],
    ['pnpm-lock.yaml', { 'pnpm-lock.yaml': '', 'package.json': '' }, [['pnpm', 'install', '--frozen-lockfile']]],
    ['yarn.lock', { 'yarn.lock': '# yarn lockfile v1\n', 'package.json': '' }, [['yarn', 'install', '--frozen-lockfile']]],
    ['a newer yarn.lock', { 'yarn.lock': '# x\n\n__metadata:\n  version: 8\n', 'package.json': '' }, [['yarn', 'install', '--immutable']]],
    ['bun.lock', { 'bun.lock': '', 'package.json': '' }, [['bun', 'install', '--frozen-lockfile']]],
    ['requirements.txt', { 'requirements.txt': '' }, [['pip', 'install', '-r', 'requirements.txt']]],
    ['uv.lock', { 'uv.lock': '', 'pyproject.toml': '' }, [['uv', 'sync', '--frozen']]],
    ['poetry.lock', { 'poetry.lock': '' }, [['poetry', 'install', '--no-interaction']]],
    ['Cargo.lock', { 'Cargo.lock': '' }, [['cargo', 'fetch', '--locked']]],
    ['go.sum', { 'go.sum': '' }, [['go', 'mod', 'download']]],
    [
      'one of each language',
      { 'package.json': '', 'uv.lock': '', 'go.sum': '' },
      [
        ['npm', 'install', '--no-audit', '--no-fund'],
        ['uv', 'sync', '--frozen'],
        ['go', 'mod', 'download'],
      ],
    ],
  ])('%s', async (_, files, setup) => {
    expect(await words(files)).toEqual(setup);
  });

  it('comes with a source of its own where nothing else speaks', async () => {
    expect(await read({ 'web/package.json': '', 'package-lock.json': '' }, 'web')).toMatchObject({
      source: 'package-lock.json',
      setup: [{ words: ['npm', 'ci'], cwd: '', network: 'registry' }],
    });
  });

  it('is taken from the nearest folder', async () => {
    const files = { 'package-lock.json': '', 'web/yarn.lock': '' };
    expect((await read(files, 'web')).setup).toMatchObject([{ words: ['yarn', 'install', '--frozen-lockfile'], cwd: 'web' }]);
    expect((await read(files, 'api')).setup).toMatchObject([{ words: ['npm', 'ci'], cwd: '' }]);
  });

  it('says which lockfile it passed over', async () => {
    expect(
      (await read({ 'package-lock.json': '', 'npm-shrinkwrap.json': '', 'pnpm-lock.yaml': '', 'uv.lock': '', 'requirements.txt': '' }))
        .refused,
    ).toEqual([
      { what: 'pnpm-lock.yaml', why: 'package-lock.json is installed instead.' },
      { what: 'requirements.txt', why: 'uv.lock is installed instead.' },
    ]);
  });

  it('does not read a lockfile, however long it is', async () => {
    expect(await words({ 'yarn.lock': `# yarn lockfile v1\n${'a'.repeat(2 ** 20)}` })).toEqual([['yarn', 'install', '--frozen-lockfile']]);
  });
});

describe('what the first file does not speak of', () => {
  const lock = { 'package-lock.json': '', '.nvmrc': '22' };

  it('comes from the lockfile and the versions asked for', async () => {
    expect(await read({ ...lock, '.devcontainer.json': '{ "containerEnv": { "TZ": "UTC" } }' })).toMatchObject({
      source: '.devcontainer.json',
      setup: [{ words: ['npm', 'ci'] }],
      tools: { node: '22' },
      env: { TZ: 'UTC' },
    });
    expect(await words({ ...lock, '.jidoka/factory.yaml': 'environment: { env: { TZ: UTC } }' })).toEqual([['npm', 'ci']]);
    expect(await words({ ...lock, '.cursor/environment.json': '{}' })).toEqual([['npm', 'ci']]);
    expect(await words({ ...lock, '.github/workflows/copilot-setup-steps.yml': 'jobs: { copilot-setup-steps: {} }' })).toEqual([
      ['npm', 'ci'],
    ]);
    expect(await words(lock)).toEqual([['npm', 'ci']]);
  });

  it('does not come from version files where an image brings its tools', async () => {
    expect((await read({ ...lock, '.devcontainer.json': '{ "image": "node:20" }' })).tools).toEqual({});
  });

  it('stays unsaid where the file says that nothing is owed', async () => {
    expect(await words({ ...lock, '.jidoka/factory.yaml': 'environment: { setup: [] }' })).toEqual([]);
  });
});

it('never takes what package.json says of engines for a version asked for', async () => {
  expect((await read({ 'package.json': '{ "engines": { "node": ">=99" } }' })).tools).toEqual({});
});

it('gives one digest to one environment, wherever and in whatever order it is written', async () => {
  const one = await read({
    '.jidoka/factory.yaml': 'environment: { tools: { node: "22", npm: "10" }, env: { A: a, B: b }, setup: [npm ci] }',
  });
  const same = await read({
    '.jidoka/factory.yaml': 'environment: { setup: ["npm ci "], env: { B: b, A: a }, tools: { npm: "10", node: 22 } }',
  });
  const other = await read({
    '.jidoka/factory.yaml': 'environment: { setup: [npm i], env: { B: b, A: a }, tools: { npm: "10", node: 22 } }',
  });
  expect(same.digest).toBe(one.digest);
  expect(other.digest).not.toBe(one.digest);
});
