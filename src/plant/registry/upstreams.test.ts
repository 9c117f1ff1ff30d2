import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { npmUpstreams, type NpmUpstreams } from './upstreams.ts';

const token = 's3cr3t-token-value';

interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A server that answers each path as told, and knows what it was asked. */
async function serverOf(answers: Readonly<Record<string, { status?: number; headers?: Record<string, string>; body?: string }>>) {
  const seen: Seen[] = [];
  const server = createServer(({ url = '', headers: { authorization } }, response) => {
    seen.push({ url, authorization });
    const { status = 200, headers = {}, body = '' } = answers[url] ?? { status: 404 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/`, seen };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-upstreams-'));
  await writeFile(join(folder, 'package.json'), '{}');
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function upstreamsBy(npmrc: string, cacheFolder?: string): Promise<NpmUpstreams> {
  await writeFile(join(folder, '.npmrc'), npmrc);
  const env = { HOME: folder, PREFIX: folder, PATH: process.env['PATH'] };
  return npmUpstreams({ cwd: folder, env, ...(cacheFolder !== undefined && { cacheFolder }) });
}

/** Asks as somebody who may ask the default registry. */
async function get(upstreams: NpmUpstreams, url: string) {
  const [registry = { scope: null, url }] = await upstreams.registries();
  const answer = await upstreams.get(url, { registry, method: 'GET', headers: {}, signal: AbortSignal.timeout(10_000) });
  return answer.kind === 'failed' ? answer : { kind: answer.kind, status: answer.status, body: await text(answer.body) };
}

describe('the registries of the owner', () => {
  test('are the default one and one for each scope, with a slash at the end', async () => {
    const upstreams = await upstreamsBy('registry=https://one.test/npm\n@b:registry=https://two.test/x/\n@c:registry=https://three.test\n');
    expect(await upstreams.registries()).toEqual([
      { scope: null, url: 'https://one.test/npm/' },
      { scope: '@b', url: 'https://two.test/x/' },
      { scope: '@c', url: 'https://three.test/' },
    ]);
  });

  test('npm asks the registry of its own scope for what has none', async () => {
    const upstreams = await upstreamsBy('registry=https://one.test/\nscope=@b\n@b:registry=https://two.test/\n');
    expect((await upstreams.registries())[0]).toEqual({ scope: null, url: 'https://two.test/' });
  });
});

describe('where a registry leads', () => {
  test('a redirect on its own host is followed with its credential', async () => {
    const registry = await serverOf({ '/a': { status: 302, headers: { location: '/b' } }, '/b': { body: 'here' } });
    const upstreams = await upstreamsBy(`registry=${registry.url}\n//${registry.host}/:_authToken=${token}\n`);
    expect(await get(upstreams, `${registry.url}a`)).toEqual({ kind: 'answered', status: 200, body: 'here' });
    expect(registry.seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
  });

  test.each([
    'http://127.0.0.1:PORT/steal',
    'http://localhost:PORT/steal',
    'http://x.localhost:PORT/steal',
    'http://2130706433:PORT/steal',
    'http://0x7f.1:PORT/steal',
    'http://[::1]:PORT/steal',
    'http://[::ffff:127.0.0.1]:PORT/steal',
    'http://0.0.0.0:PORT/steal',
    'http://169.254.169.254/latest/meta-data/',
    'http://metadata.google.internal/',
    'file:///etc/passwd',
    'ftp://example.test/x',
  ])('a redirect to %s is refused, and nobody asked', async (location) => {
    const other = await serverOf({ '/steal': { body: 'stolen' } });
    const to = location.replace('PORT', other.host.split(':')[1] ?? '');
    const registry = await serverOf({ '/a': { status: 302, headers: { location: to } } });
    const upstreams = await upstreamsBy(`registry=${registry.url}\n//${registry.host}/:_authToken=${token}\n`);
    expect(await get(upstreams, `${registry.url}a`)).toMatchObject({ kind: 'failed', class: 'refused' });
    expect(await get(upstreams, to)).toMatchObject({ kind: 'failed', class: 'refused' });
    expect(other.seen).toEqual([]);
  });

  test('a name that is looked up to an address of this machine is not connected to', async () => {
    const other = await serverOf({ '/steal': { body: 'stolen' } });
    const { pathsOf } = await import('./redirects/paths.ts');
    const url = `http://localhost:${other.host.split(':')[1]}/steal`;
    const agent = await pathsOf({}, {}).agentFor(url, 'https://registry.test/');
    const { request } = await import('node:http');
    const outcome = await new Promise((resolve) => {
      const asked = request(url, { ...(agent !== null && { agent }) }, () => resolve('answered'));
      asked.on('error', (error) => resolve('code' in error ? error.code : error)).end();
    });
    expect(outcome).toBe('EADDRESSREFUSED');
    expect(other.seen).toEqual([]);
  });

  test('a circle of redirects ends', async () => {
    const registry = await serverOf({ '/a': { status: 302, headers: { location: '/a' } } });
    const upstreams = await upstreamsBy(`registry=${registry.url}\n`);
    expect(await get(upstreams, `${registry.url}a`)).toMatchObject({ kind: 'failed', class: 'network' });
    expect(registry.seen.length).toBeLessThan(12);
  });
});

describe('answers that are kept', () => {
  test('are asked for once while they are fresh, and again when they are not', async () => {
    const registry = await serverOf({
      '/fresh': { headers: { 'cache-control': 'max-age=600' }, body: 'fresh' },
      '/stale': { headers: { 'cache-control': 'no-cache' }, body: 'stale' },
    });
    const upstreams = await upstreamsBy(`registry=${registry.url}\n`, join(folder, 'cache'));
    for (let time = 0; time < 3; time += 1) {
      expect(await get(upstreams, `${registry.url}fresh`)).toMatchObject({ body: 'fresh' });
      expect(await get(upstreams, `${registry.url}stale`)).toMatchObject({ body: 'stale' });
    }
    expect(registry.seen.filter(({ url }) => url === '/fresh')).toHaveLength(1);
    expect(registry.seen.filter(({ url }) => url === '/stale')).toHaveLength(3);
  });

  test('are for the factory alone, and hold no credential', async () => {
    const registry = await serverOf({ '/a': { headers: { 'cache-control': 'max-age=600', vary: 'accept' }, body: 'private' } });
    const cache = join(folder, 'cache');
    const upstreams = await upstreamsBy(`registry=${registry.url}\n//${registry.host}/:_authToken=${token}\n`, cache);
    await get(upstreams, `${registry.url}a`);
    expect(((await stat(cache)).mode & 0o077).toString(8)).toBe('0');
    expect((await readdir(cache)).length).toBeGreaterThan(0);
    expect(await grep(cache, token)).toEqual([]);
  });
});

/** Files below a folder in which a text is. */
async function grep(below: string, wanted: string): Promise<string[]> {
  const { readFile } = await import('node:fs/promises');
  const files = (await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found = await Promise.all(files.map(async (file) => (await readFile(join(file.parentPath, file.name))).includes(wanted)));
  return files.flatMap(({ name }, at) => (found[at] === true ? [name] : []));
}
