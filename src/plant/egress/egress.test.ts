import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, egressContract, egressPackagesContract, registryFront, type FrontOptions } from '../../../kit/egress/index.ts';
import { fakePackage, registryDouble, type FakePackage, type RegistryDouble } from '../../../kit/registry/index.ts';
import type { EgressGate, EgressOrder, EgressRefusal } from '../../core/ports/egress.ts';
import { npmUpstreams } from '../registry/index.ts';
import { openEgress, type EgressLimits, type UpstreamAnswer, type Upstreams } from './index.ts';

const token = 's3cr3t-token-value';

const order = (socket: string): EgressOrder => ({ socket, user: null, job: 'one', routes: ['npm'], refused: () => undefined });

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });

/** Upstreams by npm settings of their own, and nothing of the machine's. */
async function upstreamsBy(npmrc: string, cached = false): Promise<{ upstreams: Upstreams; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-egress-home-'));
  await writeFile(join(folder, '.npmrc'), npmrc);
  await writeFile(join(folder, 'package.json'), '{}');
  const env = { HOME: folder, PREFIX: folder, PATH: process.env['PATH'] };
  return { folder, upstreams: npmUpstreams({ cwd: folder, env, ...(cached && { cacheFolder: join(folder, 'cache') }) }) };
}

for (const [name, contract, cached, front] of [
  ['registries at the root of their hosts', egressContract, false, {}],
  ['registries with a path of their own, compressed and kept', egressPackagesContract, true, { prefix: 'api/npm/all', gzip: true }],
  ['registries with tarballs at places of their own', egressPackagesContract, false, { prefix: 'x', ownTarballs: true }],
] as const) {
  contract(name, async ({ packages, model, git, desk }) => {
    const scoped = (one: FakePackage): boolean => one.name.startsWith('@');
    const open = await registryDouble({ packages: packages.filter((one) => !scoped(one)) });
    const closed = await registryDouble({ packages: packages.filter(scoped) });
    const main = await registryFront(open, front);
    const own = await registryFront(closed, { ...front, token });
    const settings = `registry=${main.url}\n@scope:registry=${own.url}\n${own.url.slice(5)}:_authToken=${token}\n`;
    const { upstreams, folder } = await upstreamsBy(settings, cached);
    return {
      egress: openEgress({ upstreams, model, git, desk, path: process.env['PATH'] ?? '' }),
      end: async () => {
        await Promise.all([main, own, open, closed].map((one) => one.close()));
        await remove(folder);
      },
    };
  });
}

interface Bench {
  readonly socket: string;
  readonly gate: EgressGate;
  readonly double: RegistryDouble;
  readonly seen: () => readonly { readonly line: string; readonly headers: Readonly<Record<string, unknown>> }[];
  readonly refusals: readonly EgressRefusal[];
}

/** One gate to one registry, with all that is needed to look at both sides. */
async function bench(options: FrontOptions & { limits?: Partial<EgressLimits>; cached?: boolean } = {}): Promise<Bench> {
  const double = await registryDouble({ packages: ['a', 'b'].map((one) => fakePackage(one, { '1.0.0': {} })) });
  const front = await registryFront(double, options);
  const { upstreams, folder } = await upstreamsBy(`registry=${front.url}\n${front.url.slice(5)}:_authToken=${token}\n`, options.cached);
  const refusals: EgressRefusal[] = [];
  const socket = join(folder, 'out');
  const egress = openEgress({ upstreams, limits: options.limits ?? {} });
  const gate = await egress.serve({ ...order(socket), refused: (refusal) => void refusals.push(refusal) });
  onTestFinished(async () => {
    await gate.close();
    await front.close();
    await double.close();
    await remove(folder);
  });
  return { socket, gate, double, refusals, seen: front.requests };
}

describe('the way to the registry', () => {
  test('the credential is added outside, and neither environment nor answers show it', async () => {
    const { socket, gate, seen } = await bench({ token });
    const { status, headers, body } = await ask(socket, '/npm/a');
    expect(status).toBe(200);
    expect(seen()[0]?.headers['authorization']).toBe(`Bearer ${token}`);
    expect(JSON.stringify([gate.environment(1), headers, String(body)])).not.toContain(token);
  });

  test('nothing of a request goes out but what it asks for', async () => {
    const { socket, seen } = await bench();
    const mine = { authorization: 'Bearer own', cookie: 'a=b', 'user-agent': 'carrier', 'x-any': 'thing', 'npm-session': 'carrier' };
    await ask(socket, '/npm/a', { headers: { ...mine, accept: 'carrier', 'if-none-match': '"a b; carrier"' } });
    const [{ headers } = { headers: {} }] = seen();
    expect(headers).toMatchObject({ accept: 'application/json' });
    expect(JSON.stringify(headers)).not.toMatch(/own|a=b|carrier|x-any/);
  });

  test('the short form of metadata is asked for where npm asks for it', async () => {
    const { socket, seen } = await bench();
    await ask(socket, '/npm/a', { headers: { accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*' } });
    expect(seen()[0]?.headers['accept']).toContain('application/vnd.npm.install-v1+json');
  });

  test("cookies and the registry's insides stay outside", async () => {
    const { headers } = await ask((await bench()).socket, '/npm/a');
    expect(headers['etag']).toBe('"fixed"');
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['server']).toBeUndefined();
    expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual([]);
  });

  test.each([false, true])('metadata is passed on byte for byte, compressed on its way or not (%s)', async (gzip) => {
    const { socket, double } = await bench({ gzip });
    const { headers, body } = await ask(socket, '/npm/a');
    expect(headers['content-encoding']).toBeUndefined();
    const direct = String(Buffer.from(await (await fetch(`${double.url}a`)).arrayBuffer()));
    const base = new URL(JSON.parse(String(body)).versions['1.0.0'].dist.tarball).origin;
    expect(String(body)).toBe(direct.replaceAll(double.url, `${base}/`));
  });

  test.each([false, true])('what npm has already is not sent again, kept outside or not (%s)', async (cached) => {
    const { socket } = await bench({ cached });
    for (const tag of ['"fixed"', 'W/"fixed"']) {
      const { status, body } = await ask(socket, '/npm/a', { headers: { 'if-none-match': tag } });
      expect([status, body.length]).toEqual([304, 0]);
    }
    expect((await ask(socket, '/npm/a', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('a tarball is asked for once where it is where tarballs are', async () => {
    const { socket, seen } = await bench();
    expect((await ask(socket, '/npm/a/-/a-1.0.0.tgz')).status).toBe(200);
    expect(seen().map(({ line }) => line)).toEqual(['GET /a/-/a-1.0.0.tgz']);
  });

  test('a tarball at a place of its own is found by what npm takes it for, and no other place is', async () => {
    const { socket, refusals } = await bench({ ownTarballs: true });
    const headers = { 'pacote-pkg-id': 'remote:a@http://127.0.0.1:1/npm/download/a/a-1.0.0.tgz' };
    expect((await ask(socket, '/npm/download/a/a-1.0.0.tgz', { headers })).status).toBe(200);
    expect((await ask(socket, '/download/a/a-1.0.0.tgz', { headers })).status).toBe(200);
    expect(refusals).toEqual([]);
    expect((await ask(socket, '/npm/download/b/b-1.0.0.tgz', { headers })).status).toBe(403);
    expect(refusals).toHaveLength(1);
  });
});

describe('a tarball that the registry does not have itself', () => {
  /** An egress to a registry whose metadata names a tarball; every URL that is asked is told. */
  async function elsewhere(tarball: string, { refuses = '' } = {}) {
    const { folder } = await upstreamsBy('');
    const asked: string[] = [];
    const registry = { scope: null, url: 'https://packages.example.test/' };
    const metadata = JSON.stringify({ versions: { '1.0.0': { dist: { tarball } } } });
    const answer = (status: number, body: string): UpstreamAnswer => ({
      kind: 'answered',
      status,
      headers: {},
      body: Readable.from([Buffer.from(body)]),
    });
    const upstreams: Upstreams = {
      registries: () => Promise.resolve([registry]),
      get(url, question) {
        asked.push(`${url} of ${question.registry.url}`);
        if (url === refuses) return Promise.resolve({ kind: 'failed', class: 'refused', what: 'a registry leads to an address inside' });
        if (url === `${registry.url}a`) return Promise.resolve(answer(200, metadata));
        return Promise.resolve(url === tarball ? answer(200, 'tarball') : answer(404, '{}'));
      },
    };
    const refusals: EgressRefusal[] = [];
    const socket = join(folder, 'out');
    const gate = await openEgress({ upstreams }).serve({ ...order(socket), refused: (refusal) => void refusals.push(refusal) });
    onTestFinished(async () => {
      await gate.close();
      await remove(folder);
    });
    return { socket, asked, refusals };
  }

  test('is asked for where the metadata of the registry says, by its name, and nowhere else', async () => {
    const { socket, asked, refusals } = await elsewhere('https://files.example.test/pool/a-1.0.0.tgz');
    const { status, body } = await ask(socket, '/npm/a/-/a-1.0.0.tgz');
    expect([status, String(body)]).toEqual([200, 'tarball']);
    expect(asked).toEqual([
      'https://packages.example.test/a/-/a-1.0.0.tgz of https://packages.example.test/',
      'https://packages.example.test/a of https://packages.example.test/',
      'https://files.example.test/pool/a-1.0.0.tgz of https://packages.example.test/',
    ]);
    asked.length = 0;
    expect((await ask(socket, '/npm/a/-/a-2.0.0.tgz')).status).toBe(404);
    expect((await ask(socket, '/npm/files.example.test/a/-/a-1.0.1.tgz')).status).toBe(404);
    expect(asked.filter((line) => line.includes('files.example'))).toEqual([]);
    expect(refusals).toEqual([]);
  });

  test.each(['file:///etc/passwd', 'ftp://files.example.test/a-1.0.0.tgz', 'data:,a-1.0.0.tgz', 'a-1.0.0.tgz'])(
    'is not asked for at %s',
    async (place) => {
      const { socket, asked } = await elsewhere(place);
      expect((await ask(socket, '/npm/a/-/a-1.0.0.tgz')).status).toBe(404);
      expect(asked.filter((line) => !line.startsWith('https://packages.example.test/'))).toEqual([]);
    },
  );

  test('is refused and told where it is at an address inside', async () => {
    const place = 'http://169.254.169.254/a-1.0.0.tgz';
    const { socket, refusals } = await elsewhere(place, { refuses: place });
    const { status, body } = await ask(socket, '/npm/a/-/a-1.0.0.tgz');
    expect([status, String(body)]).toEqual([502, expect.stringContaining('an address inside')]);
    expect(refusals).toMatchObject([{ request: 'GET /npm/a/-/a-1.0.0.tgz' }]);
  });

  test('is refused by the settings of the owner at an address of this machine that is not the registry', async () => {
    const inside = await registryDouble({ packages: [fakePackage('a', { '1.0.0': {} })] });
    const metadata = JSON.stringify({ name: 'a', versions: { '1.0.0': { dist: { tarball: `${inside.url}a/-/a-1.0.0.tgz` } } } });
    const registry = createServer(({ url }, response) => response.writeHead(url === '/a' ? 200 : 404).end(metadata));
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const { port } = registry.address() as AddressInfo;
    const { upstreams, folder } = await upstreamsBy(`registry=http://127.0.0.1:${port}/\n`);
    const refusals: EgressRefusal[] = [];
    const socket = join(folder, 'out');
    const gate = await openEgress({ upstreams }).serve({ ...order(socket), refused: (refusal) => void refusals.push(refusal) });
    const { status, body } = await ask(socket, '/npm/a/-/a-1.0.0.tgz');
    await gate.close();
    await inside.close();
    registry.closeAllConnections();
    await new Promise((resolve) => registry.close(resolve));
    await remove(folder);
    expect([status, String(body)]).toEqual([502, expect.stringContaining('leads to an address inside')]);
    expect([inside.requests(), refusals.length]).toEqual([[], 1]);
  });
});

describe('a registry that is not well', () => {
  test.each([
    [{ kind: 'status', status: 500, body: `{"error":"${token}"}` }, 500],
    [{ kind: 'status', status: 401, body: token }, 401],
    [{ kind: 'status', status: 429 }, 429],
    [{ kind: 'status', status: 300 }, 502],
    [{ kind: 'reset' }, 502],
    [{ kind: 'hang' }, 504],
  ] as const)('%j becomes %d, and none of its words come in', async (behaviour, expected) => {
    const double = await registryDouble({ packages: [] });
    double.behave('a', behaviour);
    const { upstreams, folder } = await upstreamsBy(`registry=${double.url}\n`);
    const socket = join(folder, 'out');
    const gate = await openEgress({ upstreams, limits: { patienceMs: 300 } }).serve(order(socket));
    const { status, body } = await ask(socket, '/npm/a');
    await gate.close();
    await double.close();
    await remove(folder);
    expect(status).toBe(expected);
    expect(JSON.parse(String(body)).error).toContain('jidoka');
    expect(String(body)).not.toContain(token);
  });

  test('a registry that is not there is 502', async () => {
    const { upstreams, folder } = await upstreamsBy('registry=http://127.0.0.1:1/\n');
    const socket = join(folder, 'out');
    const gate = await openEgress({ upstreams }).serve(order(socket));
    const { status, body } = await ask(socket, '/npm/a');
    await gate.close();
    await remove(folder);
    expect([status, String(body)]).toEqual([502, expect.stringContaining('ECONNREFUSED')]);
  });

  test('a body that stalls is broken off, and the next request is answered', async () => {
    const double = await registryDouble({ packages: [fakePackage('b', { '1.0.0': {} })] });
    double.behave('a', { kind: 'stall' });
    const { upstreams, folder } = await upstreamsBy(`registry=${double.url}\n`);
    const socket = join(folder, 'out');
    const gate = await openEgress({ upstreams, limits: { patienceMs: 300 } }).serve(order(socket));
    await expect(ask(socket, '/npm/a')).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    expect((await ask(socket, '/npm/b')).status).toBe(200);
    await gate.close();
    await double.close();
    await remove(folder);
  });
});

describe('limits', () => {
  test('a body that tells of being too long is refused, and one that does not is broken off', async () => {
    const told = await bench({ limits: { bodyBytes: 100 } });
    const { status, body } = await ask(told.socket, '/npm/a');
    expect([status, String(body)]).toEqual([502, expect.stringContaining('at most 100 bytes')]);
    const untold = await bench({ limits: { bodyBytes: 400 }, gzip: true });
    await expect(ask(untold.socket, '/npm/a')).rejects.toThrow(/aborted|ECONNRESET|hang up/);
  });

  test('past its limit of unknown names a workspace gets only packages that it knows', async () => {
    const { socket, seen, refusals } = await bench({ limits: { unknownNames: 3 } });
    expect((await ask(socket, '/npm/a')).status).toBe(200);
    for (const name of ['x1', 'x2', 'x3']) expect((await ask(socket, `/npm/${name}`)).status).toBe(404);
    const before = seen().length;
    expect((await ask(socket, '/npm/x4')).status).toBe(403);
    expect((await ask(socket, '/npm/b')).status).toBe(403);
    expect(seen()).toHaveLength(before);
    expect((await ask(socket, '/npm/a')).status).toBe(200);
    expect(refusals.map(({ request }) => request)).toEqual(['GET /npm/x4', 'GET /npm/b']);
  });

  test('of sixty made-up names at once forty go out, and of sixty made-up tarballs too', async () => {
    const { socket, seen, refusals } = await bench();
    const names = Array.from({ length: 60 }, (_none, at) => `x${createHash('sha256').update(String(at)).digest('hex')}`);
    const packages = await Promise.all(names.map((name) => ask(socket, `/npm/${name}`)));
    expect(packages.map(({ status }) => status).toSorted()).toEqual([...Array(20).fill(403), ...Array(40).fill(404)].toSorted());
    expect([seen().length, refusals.length]).toEqual([40, 20]);
    const other = await bench();
    const files = await Promise.all(names.map((name) => ask(other.socket, `/npm/a/-/a-1.0.0-${name}.tgz`)));
    expect(files.filter(({ status }) => status === 403)).toHaveLength(20);
    expect(
      new Set(
        other
          .seen()
          .map(({ line }) => line)
          .filter((line) => line.includes('/-/')),
      ).size,
    ).toBe(40);
    expect((await ask(other.socket, '/npm/a')).status).toBe(200);
  });

  test('more requests at once than the limit are asked to come again', async () => {
    const { socket, double } = await bench({ limits: { requests: 2, patienceMs: 2_000 } });
    double.behave('a', { kind: 'slow', ms: 300 });
    const answers = await Promise.all([1, 2, 3].map(() => ask(socket, '/npm/a')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 503]);
  });
});
