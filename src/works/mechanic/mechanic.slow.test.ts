import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakePackage, memoryRegistry, registryDouble, type FakePackage, type RegistryDouble } from '../../../kit/registry/index.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import { Advisory, type RepositorySnapshot, type Seed } from '../../core/packet/seed.ts';
import type { Floor, Workspace } from '../../core/ports/floor.ts';
import { systemClock } from '../../plant/clock/index.ts';
import { hostFloor } from '../../plant/floor/index.ts';
import { diffLocks, readLock, type Lock } from '../npm/lock/index.ts';
import { matchAdvisory } from '../npm/osv/index.ts';
import { mechanic } from './index.ts';

let root: string;
let floor: Floor;
let double: RegistryDouble;
let workspace: Workspace;
const published = new Map<string, FakePackage>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-mechanic-'));
  floor = hostFloor({ root, clock: systemClock(), env: { PATH: process.env['PATH'], HOME: root }, log: () => undefined });
  double = await registryDouble({ packages: [] });
});
afterAll(async () => {
  await double.close();
  await rm(root, { recursive: true, force: true, maxRetries: 10 });
});
beforeEach(async () => {
  published.clear();
  workspace = await floor.open('job');
});
afterEach(() => workspace.destroy());

type Releases = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Json = Readonly<Record<string, unknown>>;

function publish(pkg: FakePackage): void {
  published.set(pkg.name, pkg);
  double.publish(pkg);
}

function publishAll(packages: Readonly<Record<string, Releases>>): void {
  for (const [name, releases] of Object.entries(packages)) publish(fakePackage(name, releases));
}

/** Writes a project and lets npm make its lockfile of what is published by now. */
async function project(
  files: Readonly<Record<string, Json | string>>,
  options: { lock?: boolean; folder?: string; version?: number } = {},
): Promise<void> {
  const { folder = '', version = 3 } = options;
  const npmrc = `registry=${double.url}\nfetch-retries=0\n${String(files['.npmrc'] ?? '')}`;
  for (const [path, content] of Object.entries({ ...files, '.npmrc': npmrc })) {
    await workspace.files.write(join(folder, path), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  if (options.lock !== false) await npm(folder, 'install', '--package-lock-only', `--lockfile-version=${version}`);
}

async function npm(folder: string, ...args: string[]): Promise<void> {
  const result = await workspace.spawn({ argv: ['npm', ...args], cwd: folder, timeoutMs: 60_000, network: 'registry' });
  if (result.exit.kind !== 'exited' || result.exit.code !== 0) throw new Error(result.stderr);
}

async function perform(seed: Json): Promise<Claim> {
  const directory = String(seed['directory'] ?? '');
  const repository = {
    id: 'r',
    name: 'r',
    location: '/r',
    kind: 'local',
    directory,
    baseCommit: 'c',
    branch: 'main',
    uncommitted: 0,
  } satisfies RepositorySnapshot;
  const source = { line: 'l', key: 'k', repository, scope: 'all', actor: 'a', trusted: true, ...seed } as unknown as Seed; // a test's seed is read by the mechanic alone
  delete (source as { directory?: string }).directory;
  const packet = { source, scope: { repository, paths: ['**'], protectedPaths: [], packages: [] } } as unknown as TaskPacket; // of the packet it reads nothing but the source
  const registry = memoryRegistry([...published.values()]);
  return await mechanic({ registry, timeoutMs: 60_000 }).perform({
    packet,
    assignment: { form: 'change', role: null, text: '' },
    workspace,
    signal: new AbortController().signal,
    run: [],
    feedback: [],
    timeoutMs: 60_000,
    stallMs: null,
    handle: null,
    remember: () => Promise.resolve(),
    note: () => undefined,
  });
}

const update = (targets: Readonly<Record<string, string>>, more: Json = {}): Promise<Claim> =>
  perform({
    kind: 'dependency',
    policy: { kind: 'newest', within: 'major' },
    subjects: Object.entries(targets).map(([name, target]) => ({ name, target })),
    ...more,
  });

const advisoryFor = (name: string, ...events: Readonly<Record<string, string>>[]): Advisory =>
  Advisory.parse({ id: 'GHSA-test', affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }] });
const repair = (advisory: Advisory, more: Json = {}): Promise<Claim> => perform({ kind: 'advisory', advisory, ...more });

async function text(path = 'package-lock.json'): Promise<string> {
  return (await workspace.files.read(path)) ?? '';
}

async function lock(path = 'package-lock.json'): Promise<Lock> {
  return readLock(await text(path));
}

async function manifest(path = 'package.json'): Promise<Record<string, Record<string, unknown>>> {
  return JSON.parse(await text(path)) as Record<string, Record<string, unknown>>;
}

async function versions(path = 'package-lock.json'): Promise<Record<string, string>> {
  return Object.fromEntries((await lock(path)).copies.map((copy) => [copy.path.replaceAll('node_modules/', ''), copy.version]));
}

describe('the mechanic, asked for an update', () => {
  it('moves a package inside its range in the lockfile alone, and nothing beside it', async () => {
    publishAll({ a: { '1.0.0': {} }, b: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0', b: '^1.0.0' } } });
    publishAll({ a: { '1.0.0': {}, '1.1.0': {} }, b: { '1.0.0': {}, '1.1.0': {} } });
    const before = await text('package.json');
    expect(await update({ a: '1.1.0' })).toMatchObject({ says: 'changed', code: 'bumped' });
    expect(await versions()).toEqual({ a: '1.1.0', b: '1.0.0' });
    expect(await text('package.json')).toBe(before);
  });

  it('lands on the target, though npm would go further', async () => {
    publishAll({ a: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } });
    publishAll({ a: { '1.0.0': {}, '1.1.0': {}, '1.2.0': {} } });
    expect(await update({ a: '1.1.0' })).toMatchObject({ says: 'changed' });
    expect(await versions()).toEqual({ a: '1.1.0' });
    expect((await manifest())['dependencies']).toEqual({ a: '^1.0.0' });
  });

  it('raises a range in its own style, several packages in one go, and leaves the rest of the manifest', async () => {
    publishAll({ a: { '1.0.0': {} }, '@s/b': { '1.0.0': {} }, c: { '1.0.0': {} } });
    const source =
      '{\n\t"name": "x",\n\t"devDependencies": {"@s/b" : "1.0.x"},\n\t"dependencies": {\n\t\t"c": "^1.0.0",\n\t\t"a": "~1.0.0"\n\t}\n}';
    await project({ 'package.json': source });
    publishAll({
      a: { '1.0.0': {}, '2.3.4': { d: '^1.0.0' } },
      '@s/b': { '1.0.0': {}, '2.0.0': {} },
      c: { '1.0.0': {}, '1.5.0': {} },
      d: { '1.0.0': {} },
    });
    expect(await update({ a: '2.3.4', '@s/b': '2.0.0', c: '1.5.0' })).toMatchObject({ says: 'changed' });
    expect(await text('package.json')).toBe(source.replace('~1.0.0', '~2.3.4').replace('1.0.x', '2.0.x'));
    expect(await versions()).toEqual({ '@s/b': '2.0.0', a: '2.3.4', c: '1.5.0', d: '1.0.0' });
  });

  it('changes the manifest alone where there is no lockfile, and owes nothing where the range admits the target', async () => {
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } }, { lock: false });
    expect(await update({ a: '1.0.0' })).toMatchObject({ says: 'no-op', code: 'range-admits-target' });
    expect(await update({ a: '2.0.0' })).toMatchObject({ says: 'changed', code: 'raised' });
    expect((await manifest())['dependencies']).toEqual({ a: '^2.0.0' });
    expect(await workspace.files.read('package-lock.json')).toBeNull();
  });

  it('leaves a lockfile alone that the project told npm not to keep', async () => {
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    await project(
      { 'package.json': { dependencies: { a: '^1.0.0' } }, '.npmrc': 'package-lock = false\n', 'package-lock.json': 'stale' },
      { lock: false },
    );
    expect(await update({ a: '2.0.0' })).toMatchObject({ says: 'changed', code: 'raised' });
    expect(await text()).toBe('stale');
  });

  it('writes to npm-shrinkwrap.json where that is the lockfile', async () => {
    publishAll({ a: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } });
    await npm('', 'shrinkwrap');
    publishAll({ a: { '1.0.0': {}, '1.1.0': {} } });
    expect(await update({ a: '1.1.0' })).toMatchObject({ says: 'changed' });
    expect(await versions('npm-shrinkwrap.json')).toEqual({ a: '1.1.0' });
    expect(await workspace.files.read('package-lock.json')).toBeNull();
  });

  it.each([1, 2, 3])('keeps version %d of the lockfile, its indentation, and addresses as they were recorded', async (version) => {
    publishAll({ a: { '1.0.0': { b: '^1.0.0' } }, b: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } }, { version });
    const plain = (await text()).replaceAll(/ *"resolved": .*\n/g, '').replaceAll(/^( +)/gm, (spaces) => '\t'.repeat(spaces.length / 2));
    await workspace.files.write('package-lock.json', plain);
    publishAll({ a: { '1.0.0': { b: '^1.0.0' }, '1.1.0': { b: '^1.0.0', c: '^1.0.0' } }, c: { '1.0.0': {} } });
    expect(await update({ a: '1.1.0' })).toMatchObject({ says: 'changed' });
    const after = await text();
    expect(JSON.parse(after)).toMatchObject({ lockfileVersion: version });
    expect(await versions()).toEqual({ a: '1.1.0', b: '1.0.0', c: '1.0.0' });
    expect(after).not.toContain('resolved');
    expect(after).toMatch(/^{\n\t"/);
  });

  it('keeps the registry that the lockfile names, whichever npm asked', async () => {
    publishAll({ a: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } });
    await workspace.files.write('package-lock.json', (await text()).replaceAll(double.url, 'https://registry.example.org/'));
    publishAll({ a: { '1.0.0': {}, '1.1.0': { b: '1.0.0' } }, b: { '1.0.0': {} } });
    expect(await update({ a: '1.1.0' })).toMatchObject({ says: 'changed' });
    const resolved = (await lock()).copies.map(({ source }) => source.resolved);
    expect(resolved).toEqual(['https://registry.example.org/a/-/a-1.1.0.tgz', 'https://registry.example.org/b/-/b-1.0.0.tgz']);
  });

  it('stops at a peer conflict that the update would bring', async () => {
    publishAll({ a: { '1.0.0': {} } });
    publish({ name: 'plugin', releases: [{ version: '1.0.0', peerDependencies: { a: '^1.0.0' } }] });
    await project({ 'package.json': { dependencies: { a: '^1.0.0', plugin: '^1.0.0' } } });
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    const before = [await text(), await text('package.json')];
    expect(await update({ a: '2.0.0' })).toMatchObject({
      says: 'escalate',
      code: 'peer-conflict',
      summary: expect.stringContaining('plugin'),
    });
    expect([await text(), await text('package.json')]).toEqual(before);
  });

  it('works around a peer conflict that was there before', async () => {
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} }, b: { '1.0.0': {} } });
    publish({ name: 'plugin', releases: [{ version: '1.0.0', peerDependencies: { a: '^1.0.0' } }] });
    await project({ 'package.json': { dependencies: { a: '^2.0.0', b: '^1.0.0', plugin: '^1.0.0' } } }, { lock: false });
    await npm('', 'install', '--package-lock-only', '--legacy-peer-deps');
    publishAll({ b: { '1.0.0': {}, '2.0.0': {} } });
    expect(await update({ b: '2.0.0' })).toMatchObject({ says: 'changed' });
    expect(await versions()).toMatchObject({ a: '2.0.0', b: '2.0.0' });
  });

  it('does not mind peers where the project told npm not to', async () => {
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    publish({ name: 'plugin', releases: [{ version: '1.0.0', peerDependencies: { a: '^1.0.0' } }] });
    await project({ 'package.json': { dependencies: { a: '^1.0.0', plugin: '^1.0.0' } }, '.npmrc': 'legacy-peer-deps=true\n' });
    expect(await update({ a: '2.0.0' })).toMatchObject({ says: 'changed' });
  });

  it('raises a dependency in every workspace that names it', async () => {
    publishAll({ a: { '1.0.0': {} } });
    const one = { name: 'one', version: '1.0.0', dependencies: { a: '^1.0.0' } };
    const two = { name: 'two', version: '1.0.0', devDependencies: { a: '~1.0.0', one: '^1.0.0' } };
    const files = { 'package.json': { workspaces: ['packages/*'] }, 'packages/one/package.json': one, 'packages/two/package.json': two };
    await project(files);
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    expect(await update({ a: '2.0.0' })).toMatchObject({ says: 'changed' });
    expect((await manifest('packages/one/package.json'))['dependencies']).toEqual({ a: '^2.0.0' });
    expect((await manifest('packages/two/package.json'))['devDependencies']).toEqual({ a: '~2.0.0', one: '^1.0.0' });
    expect(await versions()).toEqual({ a: '2.0.0' });
  });

  it('changes one workspace where the project is that workspace', async () => {
    publishAll({ a: { '1.0.0': {} } });
    const member = (name: string): Json => ({ name, version: '1.0.0', dependencies: { a: '^1.0.0' } });
    await project({
      'package.json': { workspaces: ['packages/*'] },
      'packages/one/package.json': member('one'),
      'packages/two/package.json': member('two'),
    });
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    expect(await update({ a: '2.0.0' }, { directory: 'packages/two' })).toMatchObject({ says: 'changed' });
    expect((await manifest('packages/one/package.json'))['dependencies']).toEqual({ a: '^1.0.0' });
    expect(Object.values(await versions()).sort()).toEqual(['1.0.0', '2.0.0']);
  });

  it('works in a subfolder that is a project of its own', async () => {
    publishAll({ a: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } }, { folder: 'web/app' });
    publishAll({ a: { '1.0.0': {}, '1.1.0': {} } });
    expect(await update({ a: '1.1.0' }, { directory: 'web/app' })).toMatchObject({ says: 'changed' });
    expect(await versions('web/app/package-lock.json')).toEqual({ a: '1.1.0' });
    expect(await workspace.files.read('package-lock.json')).toBeNull();
  });

  it('moves an alias by the name it is required by', async () => {
    publishAll({ '@s/real': { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { al: 'npm:@s/real@^1.0.0' } } });
    publishAll({ '@s/real': { '1.0.0': {}, '2.0.0': {}, '2.1.0': {} } });
    expect(await update({ al: '2.0.0' })).toMatchObject({ says: 'changed' });
    expect((await manifest())['dependencies']).toEqual({ al: 'npm:@s/real@^2.0.0' });
    expect((await lock()).copies).toMatchObject([{ path: 'node_modules/al', name: '@s/real', version: '2.0.0' }]);
  });

  it('mends a lockfile out of step on the way, and the target still lands', async () => {
    publishAll({ a: { '1.0.0': { b: '^1.0.0' } }, b: { '1.0.0': {} }, c: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0', c: '^1.0.0' } } });
    const broken = JSON.parse(await text());
    delete broken.packages['node_modules/b'];
    await workspace.files.write('package-lock.json', JSON.stringify(broken, null, 2));
    publishAll({ c: { '1.0.0': {}, '1.1.0': {} } });
    expect(await update({ c: '1.1.0' })).toMatchObject({ says: 'changed' });
    expect(await versions()).toEqual({ a: '1.0.0', b: '1.0.0', c: '1.1.0' });
  });

  it('calls a registry that fails a failure of the surroundings, and puts everything back', async () => {
    publishAll({ a: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } });
    publishAll({ a: { '1.0.0': {}, '2.0.0': {} } });
    const before = [await text(), await text('package.json')];
    double.behave('a', { kind: 'status', status: 503 });
    const claim = await update({ a: '2.0.0' });
    double.behave('a', { kind: 'normal' });
    expect(claim).toMatchObject({ says: 'failed', failure: 'registry' });
    expect([await text(), await text('package.json')]).toEqual(before);
  });

  it('calls a release that is not there what it is', async () => {
    publishAll({ a: { '1.0.0': {} } });
    await project({ 'package.json': { dependencies: { a: '^1.0.0' } } });
    expect(await update({ a: '9.0.0' })).toMatchObject({ says: 'escalate', code: 'release-missing' });
  });
});

describe('the mechanic, asked for a repair', () => {
  const bad = advisoryFor('m', { introduced: '0' }, { fixed: '1.0.5' }, { introduced: '2.0.0' }, { fixed: '2.0.5' });
  const left = async (advisory: Advisory): Promise<string[]> =>
    matchAdvisory(advisory, await lock()).map(({ path, version }) => `${path} ${version}`);

  it('updates copies inside the ranges they are asked for, hoisted and nested, and nothing else', async () => {
    publishAll({ m: { '1.0.0': {}, '2.0.0': {} }, p: { '1.0.0': { m: '^1.0.0' } } });
    await project({ 'package.json': { dependencies: { m: '^2.0.0', p: '^1.0.0' } } });
    const before = await lock();
    publishAll({ m: { '1.0.0': {}, '1.0.5': {}, '2.0.0': {}, '2.0.5': {} }, p: { '1.0.0': { m: '^1.0.0' }, '1.1.0': { m: '^1.0.0' } } });
    expect(await repair(bad)).toMatchObject({ says: 'changed', code: 'repaired' });
    expect(await left(bad)).toEqual([]);
    expect(diffLocks(before, await lock()).map(({ path, after }) => [path, after])).toEqual([
      ['node_modules/m', '2.0.5'],
      ['node_modules/p/node_modules/m', '1.0.5'],
    ]);
  });

  it('updates the parent inside its range where that is what pins the copy', async () => {
    publishAll({ m: { '1.0.0': {} }, p: { '1.0.0': { m: '1.0.0' } }, g: { '1.0.0': { p: '^1.0.0' } } });
    await project({ 'package.json': { dependencies: { g: '^1.0.0' } } });
    const before = await text('package.json');
    publishAll({
      m: { '1.0.0': {}, '1.0.5': {} },
      p: { '1.0.0': { m: '1.0.0' }, '1.0.1': { m: '1.0.5' } },
      g: { '1.0.0': { p: '^1.0.0' }, '1.0.1': { p: '^1.0.0' } },
    });
    const claim = await repair(bad);
    expect(claim).toMatchObject({ says: 'changed' });
    expect(await versions()).toEqual({ g: '1.0.0', m: '1.0.5', p: '1.0.1' });
    expect(await text('package.json')).toBe(before);
    expect(claim.steps.join('\n')).toContain('in-range: reaches none of 1 copies');
  });

  it('raises an exact pin of the project itself to the nearest release that is well', async () => {
    publishAll({ m: { '1.0.0': {}, '1.0.5': {}, '1.3.0': {}, '2.0.5': {} } });
    await project({ 'package.json': { dependencies: { m: '1.0.0' } } });
    expect(await repair(bad)).toMatchObject({ says: 'changed' });
    expect((await manifest())['dependencies']).toEqual({ m: '1.0.5' });
    expect(await versions()).toEqual({ m: '1.0.5' });
  });

  it('overrides a copy that its parent pins for good, beside an update of a nested one', async () => {
    publishAll({ m: { '1.0.0': {}, '1.0.1': {} }, p: { '1.0.0': { m: '1.0.0' } }, q: { '1.0.0': { m: '>=1.0.1 <2.0.0' } } });
    await project({ 'package.json': { name: 'x', dependencies: { p: '^1.0.0', q: '^1.0.0' } } });
    expect(await left(bad)).toHaveLength(2);
    publishAll({ m: { '1.0.0': {}, '1.0.1': {}, '1.0.5': {} } });
    const claim = await repair(bad);
    expect(claim).toMatchObject({ says: 'changed' });
    expect(await left(bad)).toEqual([]);
    expect((await manifest())['overrides']).toEqual({ p: { m: '1.0.5' } });
    expect(await versions()).toMatchObject({ p: '1.0.0', q: '1.0.0' });
    expect(claim.steps.filter((step) => /^(in-range|overrides):/.test(step)).length).toBeGreaterThanOrEqual(2);
  });

  it('overrides below the one parent, where another copy of the package is well', async () => {
    publishAll({ m: { '1.0.0': {}, '1.0.5': {}, '3.0.0': {} }, p: { '1.0.0': { m: '1.0.0' } } });
    await project({ 'package.json': { dependencies: { p: '^1.0.0', m: '^3.0.0' } } });
    expect(await repair(bad)).toMatchObject({ says: 'changed' });
    expect((await manifest())['overrides']).toEqual({ p: { m: '1.0.5' } });
    expect(await versions()).toEqual({ m: '3.0.0', p: '1.0.0', 'p/m': '1.0.5' });
  });

  it('takes the next major version of the direct parent where nothing smaller helps', async () => {
    const m = advisoryFor('m', { introduced: '0' }, { fixed: '2.0.0' });
    publishAll({ m: { '1.0.0': {}, '2.0.0': {} }, p: { '1.0.0': { m: '^1.0.0' }, '2.0.0': { m: '^2.0.0' }, '3.0.0': { m: '^2.0.0' } } });
    await project({ 'package.json': { dependencies: { p: '^1.0.0' } } });
    expect(await repair(m)).toMatchObject({ says: 'changed' });
    expect((await manifest())['dependencies']).toEqual({ p: '^2.0.0' });
    expect(await versions()).toEqual({ m: '2.0.0', p: '2.0.0' });
  });

  it('says there is no fix where only a last affected version is known, and names the copies', async () => {
    const m = advisoryFor('m', { introduced: '0' }, { last_affected: '1.0.0' });
    publishAll({ m: { '1.0.0': {} }, p: { '1.0.0': { m: '^1.0.0' } } });
    await project({ 'package.json': { dependencies: { p: '^1.0.0' } } });
    const before = [await text(), await text('package.json')];
    expect(await repair(m)).toMatchObject({
      says: 'escalate',
      code: 'no-fix',
      summary: expect.stringContaining('node_modules/m 1.0.0 for p@1.0.0 -> ^1.0.0'),
    });
    expect([await text(), await text('package.json')]).toEqual(before);
    publishAll({ m: { '1.0.0': {}, '1.0.1': {} } });
    expect(await repair(m)).toMatchObject({ says: 'changed' });
    expect(await versions()).toEqual({ m: '1.0.1', p: '1.0.0' });
  });

  it('leaves development copies alone when asked about production', async () => {
    publishAll({ m: { '1.0.0': {}, '1.0.5': {} }, p: { '1.0.0': { m: '1.0.0' } } });
    await project({ 'package.json': { devDependencies: { p: '^1.0.0' } } });
    const before = await text();
    expect(await repair(bad, { scope: 'prod' })).toMatchObject({ says: 'no-op', code: 'not-affected' });
    expect(await text()).toBe(before);
    expect(await repair(bad, { scope: 'dev' })).toMatchObject({ says: 'changed' });
  });

  it('updates the package whose tarball holds the copy, or says that it is bundled', async () => {
    const tool = (version: string, inner: string) => ({ version, bundled: { m: { version: inner } } });
    publishAll({ m: { '1.0.0': {}, '1.0.5': {} } });
    publish({ name: 'tool', releases: [tool('1.0.0', '1.0.0')] });
    await project({ 'package.json': { dependencies: { m: '^1.0.5', tool: '^1.0.0' } } });
    expect(await left(bad)).toEqual(['node_modules/tool/node_modules/m 1.0.0']);
    expect(await repair(bad)).toMatchObject({
      says: 'escalate',
      code: 'bundled',
      summary: expect.stringContaining('node_modules/tool/node_modules/m 1.0.0 (bundled)'),
    });
    publish({ name: 'tool', releases: [tool('1.0.0', '1.0.0'), tool('1.1.0', '1.0.5')] });
    expect(await repair(bad)).toMatchObject({ says: 'changed' });
    expect(await left(bad)).toEqual([]);
  });

  it('works on a lockfile of version 1', async () => {
    publishAll({ m: { '1.0.0': {} }, p: { '1.0.0': { m: '1.0.0' } }, q: { '1.0.0': { m: '^1.0.0' } } });
    await project({ 'package.json': { dependencies: { p: '^1.0.0', q: '^1.0.0' } } }, { version: 1 });
    publishAll({ m: { '1.0.0': {}, '1.0.5': {} } });
    expect(await repair(bad)).toMatchObject({ says: 'changed' });
    expect(await left(bad)).toEqual([]);
    expect((await lock()).lockfileVersion).toBe(1);
  });

  it('raises the manifest where there is no lockfile, and leaves none behind', async () => {
    publishAll({ m: { '1.0.0': {}, '1.0.5': {} } });
    await project({ 'package.json': { dependencies: { m: '1.0.0' } } }, { lock: false });
    expect(await repair(bad)).toMatchObject({ says: 'changed' });
    expect((await manifest())['dependencies']).toEqual({ m: '1.0.5' });
    expect(await workspace.files.read('package-lock.json')).toBeNull();
  });

  it('says which copies are left when only some could be repaired, and puts everything back', async () => {
    const two = advisoryFor('m', { introduced: '0' }, { fixed: '1.0.5' }, { introduced: '2.0.0' });
    publishAll({ m: { '1.0.0': {}, '1.0.5': {}, '2.0.0': {} }, p: { '1.0.0': { m: '^2.0.0' } } });
    await project({ 'package.json': { dependencies: { m: '1.0.0', p: '^1.0.0' } } });
    const before = [await text(), await text('package.json')];
    expect(await repair(two)).toMatchObject({ says: 'escalate', summary: expect.stringContaining('node_modules/p/node_modules/m 2.0.0') });
    expect([await text(), await text('package.json')]).toEqual(before);
  });
});
