import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakePackage, registryContract, registryDouble, type RegistryDouble } from '../../../kit/registry/index.ts';
import { npmRegistry, type NpmRegistryOptions } from './index.ts';

const token = 's3cr3t-token-value';

registryContract('npm registry over HTTP', async (packages) => {
  const double = await registryDouble({ packages });
  const folder = await project(`registry=${double.url}\n`);
  return {
    registry: client(folder).registry,
    fail: (name) => double.behave(name, { kind: 'status', status: 500 }),
    mend: (name) => double.behave(name, { kind: 'normal' }),
    close: async () => {
      await double.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

describe('the npm registry client', () => {
  let double: RegistryDouble;
  let folder: string;
  beforeAll(async () => {
    double = await registryDouble({ packages: ['a', 'b', 'c', 'd'].map((name) => fakePackage(name, { '1.0.0': {} })) });
  });
  afterAll(() => double.close());
  beforeEach(async () => {
    folder = await project(`registry=${double.url}\n${double.url.slice(5)}:_authToken=${token}\n`);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('asks once however often it is asked', async () => {
    const { registry } = client(folder);
    await Promise.all([registry.releases('a'), registry.releases('a')]);
    await registry.releases('a');
    expect(double.asked('a')).toBe(1);
  });

  it('tries again after a passing failure, waiting longer each time', async () => {
    double.behave('b', { kind: 'status', status: 503 }, 2);
    const { registry, slept, said } = client(folder);
    expect(await registry.releases('b')).toMatchObject({ kind: 'found' });
    expect(slept).toEqual([500, 2000]);
    expect(said[0]).toContain('gave 503 for b');
  });

  it.each([
    [{ kind: 'status', status: 502 }, 'registry'],
    [{ kind: 'status', status: 403 }, 'registry'],
    [{ kind: 'garbage' }, 'registry'],
    [{ kind: 'garbage', body: '{"hello":"world"}' }, 'registry'],
    [{ kind: 'reset' }, 'network'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'stall' }, 'timeout'],
  ] as const)('classifies %j as %s', async (behaviour, expected) => {
    double.behave('c', behaviour);
    const { registry } = client(folder, { timeoutMs: 200 });
    expect(await registry.releases('c')).toMatchObject({ kind: 'failed', class: expected });
    double.behave('c', { kind: 'normal' });
  });

  it('does not insist where the registry refuses', async () => {
    double.behave('d', { kind: 'status', status: 401 });
    const { registry, slept } = client(folder);
    expect(await registry.releases('d')).toMatchObject({ kind: 'failed' });
    expect(slept).toEqual([]);
  });

  it('classifies a host that does not answer and a name that does not resolve as network', async () => {
    const closed = await registryDouble({ packages: [] });
    await closed.close();
    for (const url of [closed.url, 'http://no-such-host.invalid/']) {
      const lonely = await project(`registry=${url}\n`);
      expect(await client(lonely).registry.releases('a')).toMatchObject({ kind: 'failed', class: 'network' });
      await rm(lonely, { recursive: true, force: true });
    }
  });

  it('sends the credential to its registry and shows it to nobody', async () => {
    double.behave('c', { kind: 'status', status: 500, body: `{"error":"bad ${token}"}` });
    const { registry, said } = client(folder);
    const answer = await registry.releases('c');
    double.behave('c', { kind: 'normal' });
    expect(answer.kind).toBe('failed');
    expect(JSON.stringify([answer, said])).not.toContain(token);
    const userInfo = await project(`registry=${double.url.replace('//', `//me:${token}@`)}\n`);
    double.behave('c', { kind: 'status', status: 500 });
    expect(JSON.stringify(await client(userInfo).registry.releases('c'))).not.toContain(token);
    double.behave('c', { kind: 'normal' });
    await rm(userInfo, { recursive: true, force: true });
  });

  it('asks the registry of the scope', async () => {
    const scoped = await registryDouble({ packages: [fakePackage('@mine/x', { '3.0.0': {} })] });
    const two = await project(`registry=${double.url}\n@mine:registry=${scoped.url}\n`);
    expect(await client(two).registry.releases('@mine/x')).toMatchObject({ kind: 'found', package: { distTags: { latest: '3.0.0' } } });
    expect(double.asked('@mine/x')).toBe(0);
    await scoped.close();
    await rm(two, { recursive: true, force: true });
  });

  it('says absent for what cannot be a package name, without asking', async () => {
    const before = double.requests().length;
    for (const name of ['../secrets', '', 'a b', '@x', 'a/b']) {
      expect(await client(folder).registry.releases(name)).toEqual({ kind: 'absent', name });
    }
    expect(double.requests()).toHaveLength(before);
  });
});

describe('the advisory source', () => {
  it('reads what the bulk endpoint answers', async () => {
    const entry = {
      id: 7,
      url: 'https://example.test/advisories/GHSA-aaaa-bbbb-cccc',
      title: 'bad',
      severity: 'high',
      vulnerable_versions: '<2',
    };
    const double = await registryDouble({ packages: [], advisories: { a: [entry] } });
    const folder = await project(`registry=${double.url}\n`);
    const answer = await client(folder).registry.advisories(new Map([['a', ['1.0.0']]]));
    expect(answer).toMatchObject({
      kind: 'found',
      source: expect.stringContaining('127.0.0.1'),
      advisories: [{ id: 'GHSA-aaaa-bbbb-cccc', name: 'a', range: '<2', severity: 'high', title: 'bad' }],
    });
    await double.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is unavailable, with the reason, where the registry has no such endpoint', async () => {
    const double = await registryDouble({ packages: [] });
    const folder = await project(`registry=${double.url}\n`);
    const answer = await client(folder).registry.advisories(new Map([['a', ['1.0.0']]]));
    expect(answer).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('405') });
    await double.close();
    await rm(folder, { recursive: true, force: true });
  });
});

/** A folder with this .npmrc and nothing of the machine's own settings. */
async function project(npmrc: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-npm-registry-'));
  await writeFile(join(folder, '.npmrc'), npmrc);
  await writeFile(join(folder, 'package.json'), '{}');
  return folder;
}

function client(cwd: string, more: Partial<NpmRegistryOptions> = {}) {
  const slept: number[] = [];
  const said: string[] = [];
  const clock = { sleep: async (ms: number) => void slept.push(ms) };
  const env = { HOME: cwd, PREFIX: cwd, PATH: process.env['PATH'] };
  return { registry: npmRegistry({ cwd, env, clock, log: (message) => void said.push(message), ...more }), slept, said };
}
