import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ask } from './ask.ts';
import { npmRootOf, type Bench } from './bench.ts';

/** What every egress promises of packages. */
export function npmContract(bench: () => Bench): void {
  test.each([
    ['plain', 'plain'],
    ['npm', 'npm'],
    ['@scope/scoped', '@scope%2fscoped'],
    ['@scope/scoped', '@scope/scoped'],
    ['@scope/scoped', '%40scope%2Fscoped'],
  ])('metadata of %s is answered at %s', async (of, at) => {
    const { socket, gate, refusals } = bench();
    const { status, body } = await ask(socket, `${npmRootOf(gate)}${at}`);
    expect([status, JSON.parse(String(body)).name]).toEqual([200, of]);
    expect(refusals).toEqual([]);
  });

  test.each(['plain', 'npm', '@scope/scoped'])('the tarball of %s is whole, wherever npm asks for it', async (of) => {
    const { socket, gate, refusals } = bench();
    const { versions } = JSON.parse(String((await ask(socket, `${npmRootOf(gate)}${of}`)).body));
    const [{ dist }] = Object.values(versions) as [{ dist: { tarball: string; integrity: string } }];
    const { pathname } = new URL(dist.tarball);
    const tail = `${of}/-/${pathname.split('/').at(-1)}`;
    for (const path of [
      `${npmRootOf(gate)}${pathname.slice(1)}`,
      pathname,
      `${npmRootOf(gate)}some/mirror/${tail}`,
      `/some/mirror/${tail}`,
    ]) {
      const { status, body } = await ask(socket, path, { headers: { 'pacote-pkg-id': `remote:${of}@http://127.0.0.1:4873${path}` } });
      expect([path, status, integrity(body)]).toEqual([path, 200, dist.integrity]);
    }
    expect(refusals).toEqual([]);
  });

  test('metadata names tarballs where the registry has them, because that is what lockfiles record', async () => {
    const { socket, gate } = bench();
    const { body } = await ask(socket, `${npmRootOf(gate)}plain`);
    expect(String(body)).not.toContain(':4873');
    expect(String(body)).not.toContain(socket);
  });

  test('a head is asked for without its body', async () => {
    const { socket, gate } = bench();
    const { status, body } = await ask(socket, `${npmRootOf(gate)}plain`, { method: 'HEAD' });
    expect([status, body.length]).toEqual([200, 0]);
  });

  test('a package and a tarball that nobody published are absent, and no refusal', async () => {
    const { socket, gate, refusals } = bench();
    expect((await ask(socket, `${npmRootOf(gate)}no-such-thing`)).status).toBe(404);
    expect((await ask(socket, `${npmRootOf(gate)}plain/-/plain-9.9.9.tgz`)).status).toBe(404);
    expect(refusals).toEqual([]);
  });
}

function integrity(body: Buffer): string {
  return `sha512-${createHash('sha512').update(body).digest('base64')}`;
}
