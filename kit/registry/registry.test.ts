import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryRegistry, registryContract, registryDouble, type FakePackage, type RegistryDouble } from './index.ts';

const run = promisify(execFile);

registryContract('registry in memory', async (packages) => {
  const registry = memoryRegistry(packages);
  return { registry, fail: (name) => registry.fail(name, 'registry'), mend: (name) => registry.fail(name, null), close: async () => {} };
});

const packages: readonly FakePackage[] = [
  {
    name: 'app-lib',
    releases: [{ version: '1.0.0', dependencies: { '@scope/deep': '^1.0.0' }, files: { 'index.js': 'module.exports = 1;\n' } }],
  },
  { name: '@scope/deep', releases: [{ version: '1.0.0' }, { version: '1.1.0' }] },
  { name: 'tool', releases: [{ version: '1.0.0', bundled: { inner: { version: '0.9.0' } } }] },
];

describe('the registry double', () => {
  let registry: RegistryDouble;
  let folder: string;
  beforeAll(async () => {
    registry = await registryDouble({ packages });
  });
  afterAll(() => registry.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jidoka-registry-'));
    await writeFile(
      join(folder, '.npmrc'),
      `registry=${registry.url}\ncache=${join(folder, 'cache')}\naudit=false\nfund=false\nfetch-retries=0\n`,
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lets npm install packages, scoped and bundled ones too', async () => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { 'app-lib': '^1.0.0', tool: '1.0.0' } }));
    await run('npm', ['install'], { cwd: folder });
    expect(await readFile(join(folder, 'node_modules/app-lib/index.js'), 'utf8')).toBe('module.exports = 1;\n');
    const deep = await readFile(join(folder, 'node_modules/@scope/deep/package.json'), 'utf8');
    expect(JSON.parse(deep)).toMatchObject({ name: '@scope/deep', version: '1.1.0' });
    const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
    expect(lock.packages['node_modules/tool/node_modules/inner']).toMatchObject({ version: '0.9.0', inBundle: true });
  });

  it('counts what was asked', async () => {
    const before = registry.asked('@scope/deep');
    await fetch(`${registry.url}@scope%2fdeep`);
    expect(registry.asked('@scope/deep')).toBe(before + 1);
    expect(registry.requests()).toContain('GET /@scope/deep');
  });

  it('fails as often as it was told, then answers again', async () => {
    registry.behave('tool', { kind: 'status', status: 503 }, 1);
    expect((await fetch(`${registry.url}tool`)).status).toBe(503);
    expect((await fetch(`${registry.url}tool`)).status).toBe(200);
  });

  it('makes npm fail when told to answer 500', async () => {
    registry.behave('app-lib', { kind: 'status', status: 500 });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { 'app-lib': '^1.0.0' } }));
    await expect(run('npm', ['install'], { cwd: folder })).rejects.toThrow(/E500/);
    registry.behave('app-lib', { kind: 'normal' });
  });

  it('answers 405 to bulk advisories unless it was given some', async () => {
    const url = (base: string): string => `${base}-/npm/v1/security/advisories/bulk`;
    expect((await fetch(url(registry.url), { method: 'POST', body: '{}' })).status).toBe(405);
    const other = await registryDouble({ packages: [], advisories: { a: [{ id: 1 }] } });
    const answer = await fetch(url(other.url), { method: 'POST', body: '{}' });
    expect(await answer.json()).toEqual({ a: [{ id: 1 }] });
    await other.close();
  });
});
