import { createHash } from 'node:crypto';
import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Egress, EgressGate, EgressRefusal } from '../../src/core/ports/egress.ts';
import { fakePackage, type FakePackage } from '../registry/index.ts';
import { ask, sayTo } from './ask.ts';

/** An egress under test, to registries that know the packages it was made with. */
export interface EgressUnderTest {
  readonly egress: Egress;
  end(): Promise<void>;
}

const packages: readonly FakePackage[] = [
  fakePackage('plain', { '1.0.0': {}, '1.1.0': {} }),
  fakePackage('npm', { '1.0.0': {} }),
  fakePackage('@scope/scoped', { '0.1.0': {} }),
];

/** What no capability covers: the request line's method and path, and headers. */
const refusedRequests: readonly (readonly [method: string, path: string, headers?: Record<string, string>])[] = [
  ['PUT', '/npm/plain'],
  ['POST', '/npm/-/npm/v1/security/advisories/bulk'],
  ['DELETE', '/npm/plain/-rev/1'],
  ['PATCH', '/npm/plain'],
  ['OPTIONS', '/npm/plain'],
  ['GET', '/npm/plain?secret=1'],
  ['GET', '/npm/-/v1/search'],
  ['GET', '/npm/-/v1/search?text=secret'],
  ['GET', '/npm/-/whoami'],
  ['GET', '/npm/-/npm/v1/user'],
  ['GET', '/npm/-/npm/v1/tokens'],
  ['GET', '/npm/-/package/plain/dist-tags'],
  ['GET', '/npm/plain/1.0.0'],
  ['GET', '/npm/plain/-/plain-1.0.0.txt'],
  ['GET', '/npm/plain/-/../../-/whoami'],
  ['GET', '/npm/%2e%2e/plain'],
  ['GET', '/npm/plain%00'],
  ['GET', '/npm/plain%252fother'],
  ['GET', '/npm/plain%5cother'],
  ['GET', '/npm/plain%3fsecret=1'],
  ['GET', '/npm/%'],
  ['GET', '/npm/'],
  ['GET', '/npm'],
  ['GET', '/'],
  ['GET', '//127.0.0.1/npm/plain'],
  ['GET', '/plain'],
  ['GET', 'http://127.0.0.1/npm/plain'],
  ['GET', 'http://169.254.169.254/latest/meta-data/'],
  ['GET', '/anything/at/all', { 'pacote-pkg-id': 'registry:plain@http://127.0.0.1/anything/at/all' }],
  ['GET', `/npm/${'a'.repeat(300)}`],
  ['GET', '/npm/plain', { 'content-length': '6' }],
  ['GET', '/npm/plain', { 'transfer-encoding': 'chunked' }],
  ['GET', '/npm/plain', { connection: 'Upgrade', upgrade: 'websocket' }],
  ['CONNECT', 'packages.example.com:443'],
  ['CONNECT', '127.0.0.1:22'],
];

/**
 * What every egress promises. `make` is called once, with the packages that the registries behind it must know; those
 * of `@scope` in a registry of their own, where the machine can tell.
 *
 * @example
 * egressContract('over a unix socket', async (packages) => underTest(packages));
 */
export function egressContract(name: string, make: (packages: readonly FakePackage[]) => Promise<EgressUnderTest>): void {
  describe(`egress: ${name}`, () => {
    let under: EgressUnderTest;
    let folder: string;
    let socket: string;
    let gate: EgressGate;
    let refusals: EgressRefusal[];
    beforeAll(async () => {
      under = await make(packages);
    });
    afterAll(() => under.end());
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'jidoka-egress-'));
      socket = join(folder, 'out');
      refusals = [];
      gate = await under.egress.serve({ socket, user: null, refused: (refusal) => void refusals.push(refusal) });
    });
    afterEach(async () => {
      await gate.close();
      await rm(folder, { recursive: true, force: true });
    });
    const root = (): string => new URL(gate.environment(4873)['npm_config_registry'] ?? '').pathname;

    test('the environment leads to the port asked for and nowhere else', () => {
      const environment = gate.environment(4873);
      expect(environment['npm_config_registry']).toMatch(/^http:\/\/127\.0\.0\.1:4873\/.*\/$/);
      const urls = Object.values(environment).filter((value) => value.includes('://'));
      for (const url of urls) expect(new URL(url).host).toBe('127.0.0.1:4873');
      expect(gate.environment(1234)['npm_config_registry']).toContain(':1234/');
    });

    test.each([
      ['plain', 'plain'],
      ['npm', 'npm'],
      ['@scope/scoped', '@scope%2fscoped'],
      ['@scope/scoped', '@scope/scoped'],
      ['@scope/scoped', '%40scope%2Fscoped'],
    ])('metadata of %s is answered at %s', async (of, at) => {
      const { status, body } = await ask(socket, `${root()}${at}`);
      expect([status, JSON.parse(String(body)).name]).toEqual([200, of]);
      expect(refusals).toEqual([]);
    });

    test.each(['plain', 'npm', '@scope/scoped'])('the tarball of %s is whole, wherever npm asks for it', async (of) => {
      const { versions } = JSON.parse(String((await ask(socket, `${root()}${of}`)).body));
      const [{ dist }] = Object.values(versions) as [{ dist: { tarball: string; integrity: string } }];
      const { pathname } = new URL(dist.tarball);
      const tail = `${of}/-/${pathname.split('/').at(-1)}`;
      for (const path of [`${root()}${pathname.slice(1)}`, pathname, `${root()}some/mirror/${tail}`, `/some/mirror/${tail}`]) {
        const { status, body } = await ask(socket, path, { headers: { 'pacote-pkg-id': `remote:${of}@http://127.0.0.1:4873${path}` } });
        expect([path, status, integrity(body)]).toEqual([path, 200, dist.integrity]);
      }
      expect(refusals).toEqual([]);
    });

    test('metadata names tarballs where the registry has them, because that is what lockfiles record', async () => {
      const { body } = await ask(socket, `${root()}plain`);
      expect(String(body)).not.toContain(':4873');
      expect(String(body)).not.toContain(socket);
    });

    test('a head is asked for without its body', async () => {
      const { status, body } = await ask(socket, `${root()}plain`, { method: 'HEAD' });
      expect([status, body.length]).toEqual([200, 0]);
    });

    test('a package and a tarball that nobody published are absent, and no refusal', async () => {
      expect((await ask(socket, `${root()}no-such-thing`)).status).toBe(404);
      expect((await ask(socket, `${root()}plain/-/plain-9.9.9.tgz`)).status).toBe(404);
      expect(refusals).toEqual([]);
    });

    test.each(refusedRequests)('%s %s is refused and told', async (method, path, headers = {}) => {
      const lines = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`);
      const answer = await sayTo(socket, `${method} ${path} HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)).error).toContain('jidoka');
      expect(refusals).toHaveLength(1);
      expect(JSON.stringify(refusals)).not.toContain('secret');
      expect(refusals[0]?.request.startsWith(`${method} `)).toBe(true);
      expect(refusals[0]?.why).not.toBe('');
    });

    test('a refusal is told once, however often it is asked for', async () => {
      for (let time = 0; time < 3; time += 1) await ask(socket, '/npm/plain', { method: 'PUT' });
      await ask(socket, '/npm/npm', { method: 'PUT' });
      expect(refusals.map(({ request }) => request)).toEqual(['PUT /npm/plain', 'PUT /npm/npm']);
    });

    test('what looks like a secret in a refused path is not told', async () => {
      const token = `npm_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
      await ask(socket, `/steal/${token}`);
      expect(refusals).toHaveLength(1);
      expect(JSON.stringify(refusals)).not.toContain(token);
    });

    test('what is no HTTP hurts nobody', async () => {
      expect(await sayTo(socket, 'SSH-2.0-OpenSSH\r\n\r\n')).toMatch(/^(HTTP\/1\.1 400 |$)/);
      expect((await ask(socket, `${root()}plain`)).status).toBe(200);
    });

    test('fifty at once are all answered', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask(socket, `${root()}plain`)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    });

    test('only its user may connect', async () => {
      expect(((await lstat(socket)).mode & 0o777).toString(8)).toBe('600');
    });

    test.runIf(process.getuid?.() === 0)('the socket is given to the user of the commands', async () => {
      const other = join(folder, 'other');
      const given = await under.egress.serve({ socket: other, user: { uid: 12_345, gid: 12_346 }, refused: () => undefined });
      const { uid, gid } = await lstat(other);
      await given.close();
      expect([uid, gid]).toEqual([12_345, 12_346]);
    });

    test('a closed gate is gone with its socket, and others stay', async () => {
      const second = join(folder, 'second');
      const other = await under.egress.serve({ socket: second, user: null, refused: () => undefined });
      await other.close();
      await other.close();
      await expect(lstat(second)).rejects.toThrow('ENOENT');
      expect((await ask(socket, `${root()}plain`)).status).toBe(200);
    });

    test('a gate closes while somebody waits', async () => {
      const waiting = ask(socket, `${root()}plain`).catch(() => 'cut off');
      await gate.close();
      expect(['cut off', 200]).toContain(await waiting.then((got) => (typeof got === 'string' ? got : got.status)));
    });

    test('a socket that an earlier life left is replaced', async () => {
      const old = join(folder, 'old');
      await leaveSocket(old);
      const again = await under.egress.serve({ socket: old, user: null, refused: () => undefined });
      expect((await ask(old, `${root()}plain`)).status).toBe(200);
      await again.close();
    });

    test('where no socket can be, the fault says so', async () => {
      const nowhere = { user: null, refused: () => undefined };
      for (const at of [join(folder, 'no', 'such', 'folder'), join(folder, 'x'.repeat(120)), folder]) {
        await expect(under.egress.serve({ ...nowhere, socket: at })).rejects.toMatchObject({ code: 'workspace-failed' });
      }
    });
  });
}

function integrity(body: Buffer): string {
  return `sha512-${createHash('sha512').update(body).digest('base64')}`;
}

/** Leaves the file of a socket on which nobody listens, as a process does that was killed. */
async function leaveSocket(path: string): Promise<void> {
  const { fork } = await import('node:child_process');
  const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  const child = fork('-e', [path], { execArgv: ['-e', program], stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
}
