import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryFront, type FrontOptions, type RegistryFront } from '../../../kit/egress/index.ts';
import { fakePackage, registryDouble, type RegistryDouble } from '../../../kit/registry/index.ts';
import type { EgressRefusal } from '../../core/ports/egress.ts';
import { forwarderProgram } from '../floor/walls/forwarder.ts';
import { npmUpstreams } from '../registry/index.ts';
import { openEgress } from './index.ts';
import { freePort } from '../../../test/net/free-port.ts';

const token = 's3cr3t-token-value';

const packages = [
  fakePackage('a', { '1.0.0': { b: '^1.0.0' } }),
  fakePackage('b', { '1.0.0': {}, '1.2.0': {} }),
  fakePackage('npm', { '1.0.0': {} }),
  fakePackage('late', { '1.0.0': { b: '^1.0.0' } }),
];
const scoped = [fakePackage('@own/thing', { '1.0.0': { a: '^1.0.0' } }), fakePackage('@own/late', { '2.0.0': {} })];

const wanted = { a: '^1.0.0', npm: '1.0.0', '@own/thing': '^1.0.0' };

let open: RegistryDouble;
let closed: RegistryDouble;
let folder: string;
beforeAll(async () => {
  open = await registryDouble({ packages });
  closed = await registryDouble({ packages: scoped });
  folder = await mkdtemp(join(tmpdir(), 'jidoka-npm-'));
  await writeFile(join(folder, 'forwarder.cjs'), forwarderProgram());
});
afterAll(async () => {
  await Promise.all([open.close(), closed.close()]);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Case {
  readonly name: string;
  readonly main: FrontOptions;
  readonly own: FrontOptions;
}

const cases: readonly Case[] = [
  { name: 'at the root', main: {}, own: { token } },
  { name: 'with a path', main: { prefix: 'api/npm/all' }, own: { prefix: 'repository/own', token } },
  { name: 'with a path that is the same as ours', main: { prefix: 'npm' }, own: { prefix: 'npm', token } },
  { name: 'with a token for everything', main: { prefix: 'x', token }, own: { token } },
  { name: 'with tarballs at places of their own', main: { prefix: 'x', ownTarballs: true }, own: { ownTarballs: true, token } },
];

describe.each(cases)('npm through the egress, registries $name', ({ main: mainOptions, own: ownOptions }) => {
  let main: RegistryFront;
  let own: RegistryFront;
  let home: string;
  beforeAll(async () => {
    main = await registryFront(open, mainOptions);
    own = await registryFront(closed, ownOptions);
    home = await mkdtemp(join(folder, 'home-'));
    const tokens = [main, own].map(({ url }) => `${url.slice(5)}:_authToken=${token}`);
    await writeFile(join(home, '.npmrc'), `registry=${main.url}\n@own:registry=${own.url}\n${tokens.join('\n')}\n`);
  });
  afterAll(async () => {
    await Promise.all([main.close(), own.close()]);
  });

  test('writes the lockfile that npm writes without it, and keeps the token outside', async () => {
    const direct = await project(wanted);
    const confined = await project(wanted);
    await directly(home, direct, 'install');
    const { environment, refusals } = await throughEgress(home, confined, 'install');
    expect(await resolved(confined)).toEqual(await resolved(direct));
    expect(Object.values(await resolved(confined)).every((url) => url.startsWith(main.url) || url.startsWith(own.url))).toBe(true);

    await directly(home, direct, 'install', 'late', '@own/late');
    const more = await throughEgress(home, confined, 'install', 'late', '@own/late');
    expect(await lockOf(confined)).toEqual(await lockOf(direct));
    expect([...refusals, ...more.refusals]).toEqual([]);
    expect(JSON.stringify([environment, more])).not.toContain(token);
    expect(await filesWith(dirname(confined), token)).toEqual([]);
  });

  test('installs what a lockfile says, of this registry or another, with npm ci', async () => {
    const model = await project(wanted);
    await directly(home, model, 'install');
    const lock = await readFile(join(model, 'package-lock.json'), 'utf8');
    const foreign = lock
      .replaceAll(main.url, 'https://packages.elsewhere.test/')
      .replaceAll(own.url, 'https://npm.elsewhere.test/some/where/')
      .replaceAll(/(download\/)((?:@own\/)?[a-z]+)\//g, '$2/-/');
    const bare = lock.replaceAll(/ *"resolved": "[^"]*",\n/g, '');
    expect(new Set([lock, foreign, bare]).size).toBe(3);
    for (const one of [lock, foreign, bare]) {
      const confined = await project(wanted);
      await writeFile(join(confined, 'package-lock.json'), one);
      const { refusals } = await throughEgress(home, confined, 'ci');
      expect(refusals).toEqual([]);
      expect(await readFile(join(confined, 'package-lock.json'), 'utf8')).toBe(one);
      expect(await treeOf(confined)).toEqual(await treeOf(model));
    }
  });
});

test('what npm must not do is refused in words that npm shows', async () => {
  const home = await mkdtemp(join(folder, 'home-'));
  await writeFile(join(home, '.npmrc'), `registry=${open.url}\n${open.url.slice(5)}:_authToken=${token}\n`);
  const confined = await project({});
  for (const argv of [
    ['ping'],
    ['search', 'secret'],
    ['dist-tag', 'ls', 'a'],
    ['install', '--allow-remote=all', 'https://example.test/a/b/c.tar.gz'],
  ]) {
    const { code, refusals, output } = await tryThroughEgress(home, confined, ...argv);
    expect([argv, code]).not.toEqual([argv, 0]);
    expect(refusals.length, output).toBeGreaterThan(0);
    expect(output).toContain("jidoka's egress refused this");
    expect(JSON.stringify(refusals)).not.toContain('secret');
  }
  expect(open.requests().filter((line) => /^(?!GET )|\/-\/(?!.*\.tgz$)/.test(line))).toEqual([]);
});

test('a package that is not there is npm error E404', async () => {
  const home = await mkdtemp(join(folder, 'home-'));
  await writeFile(join(home, '.npmrc'), `registry=${open.url}\n`);
  const { code, output, refusals } = await tryThroughEgress(home, await project({}), 'install', 'nobody-has-this');
  expect([code, refusals]).toEqual([1, []]);
  expect(output).toContain('E404');
});

/** A project in a folder of its own, with a home for npm beside it. */
async function project(dependencies: Readonly<Record<string, string>>): Promise<string> {
  const place = await mkdtemp(join(folder, 'project-'));
  const tree = join(place, 'tree');
  await mkdir(tree);
  await mkdir(join(place, 'home'));
  await writeFile(join(tree, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', dependencies }));
  return tree;
}

/** npm's environment, without anything of this machine's settings. */
function npmEnvironment(home: string, cache: string): Record<string, string> {
  const settings = {
    audit: 'false',
    fund: 'false',
    update_notifier: 'false',
    fetch_retries: '0',
    loglevel: 'error',
    globalconfig: '/dev/null',
  };
  const named = Object.entries(settings).map(([key, value]) => [`npm_config_${key}`, value] as const);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    npm_config_cache: cache,
    npm_config_userconfig: join(home, '.npmrc'),
    ...Object.fromEntries(named),
  };
}

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

async function run(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, output: output + errors };
}

async function directly(home: string, tree: string, ...args: string[]): Promise<void> {
  const ran = await run(['npm', ...args], tree, npmEnvironment(home, await mkdtemp(join(folder, 'cache-'))));
  expect(ran).toMatchObject({ code: 0 });
}

async function throughEgress(home: string, tree: string, ...args: string[]) {
  const ran = await tryThroughEgress(home, tree, ...args);
  expect(ran).toMatchObject({ code: 0 });
  return ran;
}

/** Runs npm as behind a wall: with a home without settings, and the owner's only outside. */
async function tryThroughEgress(home: string, tree: string, ...args: string[]) {
  const refusals: EgressRefusal[] = [];
  const socket = join(await mkdtemp(join(folder, 's-')), 'out');
  const upstreams = npmUpstreams({ cwd: home, env: { HOME: home, PREFIX: home, PATH: process.env['PATH'] } });
  const gate = await openEgress({ upstreams }).serve({
    socket,
    user: null,
    job: 'one',
    routes: ['npm'],
    refused: (refusal) => void refusals.push(refusal),
  });
  const port = await freePort();
  const inner = join(dirname(tree), 'home');
  const environment = { ...npmEnvironment(inner, join(inner, '.npm')), ...gate.environment(port) };
  const ran = await run(
    [process.execPath, join(folder, 'forwarder.cjs'), `out:${port}:${socket}`, '--', 'npm', ...args],
    tree,
    environment,
  );
  await gate.close();
  return { ...ran, refusals, environment };
}

async function lockOf(tree: string): Promise<{ packages: Record<string, { resolved?: string }> }> {
  return JSON.parse(await readFile(join(tree, 'package-lock.json'), 'utf8'));
}

async function resolved(tree: string): Promise<Record<string, string>> {
  const { packages: locked } = await lockOf(tree);
  const urls = Object.entries(locked).flatMap(([at, one]) => (at === '' ? [] : [[at, one.resolved ?? 'none'] as const]));
  expect(urls.length).toBeGreaterThan(0);
  return Object.fromEntries(urls);
}

/** Digests of everything that was installed, but for npm's own note of it. */
async function treeOf(tree: string): Promise<Record<string, string>> {
  const entries = await readdir(join(tree, 'node_modules'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== '.package-lock.json')
    .map((entry) => join(entry.parentPath, entry.name));
  const digest = async (file: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file.slice(tree.length), await digest(file)] as const)));
}

async function filesWith(below: string, wantedText: string): Promise<string[]> {
  const entries = (await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(entries.length).toBeGreaterThan(10);
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => (await readFile(file)).includes(wantedText)));
  return files.filter((_file, at) => found[at]);
}
