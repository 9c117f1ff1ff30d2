import { expect, test } from 'vitest';
import type { Body } from '../body.ts';
import { pktLine } from './pkt-line.ts';
import { readPushList, refusesRef } from './push-commands.ts';

const zero = '0'.repeat(40);
const one = '1'.repeat(40);

/** A body in pieces of a length, and what is left of it. */
function bodyIn(bytes: Buffer, length: number): Body & { rest(): string } {
  let at = 0;
  return {
    next() {
      if (at >= bytes.length) return Promise.resolve(null);
      at += length;
      return Promise.resolve(bytes.subarray(at - length, at));
    },
    leave: () => Promise.resolve(),
    rest: () => bytes.subarray(at).toString(),
  };
}

test.each([1, 3, 64, 1000])('a list in pieces of %d bytes is read, and not a byte of what follows is lost', async (length) => {
  const lines = [`shallow ${one}`, `${zero} ${one} refs/jidoka/a/b\0report-status  side-band-64k\n`, `${one} ${zero} refs/heads/main\n`];
  const whole = Buffer.concat([...lines.map(pktLine), Buffer.from('0000PACK and so on')]);
  const body = bodyIn(whole, length);
  const list = await readPushList(body);
  expect(list).toMatchObject({
    kind: 'list',
    commands: [
      { ref: 'refs/jidoka/a/b', old: zero, new: one },
      { ref: 'refs/heads/main', old: one, new: zero },
    ],
  });
  const { head, capabilities } = list as Extract<typeof list, { kind: 'list' }>;
  expect(capabilities).toContain('side-band-64k');
  expect(String(head) + body.rest()).toBe(String(whole));
});

test('the name of a ref ends where git takes it to end', async () => {
  const list = await readPushList(
    bodyIn(Buffer.concat([pktLine(`${zero} ${one} refs/heads/main\0 refs/jidoka/a/b`), Buffer.from('0000')]), 7),
  );
  expect(list).toMatchObject({ commands: [{ ref: 'refs/heads/main' }] });
});

test('a list without end is not waited for', async () => {
  const endless: Body = { next: () => Promise.resolve(pktLine(`shallow ${one}`)), leave: () => Promise.resolve() };
  expect(await readPushList(endless)).toMatchObject({ kind: 'invalid' });
});

test.each(['refs/jidoka/a/b', 'refs/jidoka/a/b/c-1', 'refs/jidoka/a/fix_2.x', 'refs/jidoka/a/HEAD'])('%s is a ref of job a', (ref) => {
  expect(refusesRef(ref, 'refs/jidoka/a/')).toBeNull();
});

test.each([
  'refs/jidoka/a',
  'refs/jidoka/a/',
  'refs/jidoka/ab/c',
  'refs/jidoka/a/../b/c',
  'refs/jidoka/a/b..c',
  'refs/jidoka/a//b',
  'refs/jidoka/a/b/',
  'refs/jidoka/a/b.',
  'refs/jidoka/a/.b',
  'refs/jidoka/a/b.lock',
  'refs/jidoka/a/b.lock/c',
  'refs/jidoka/a/b@{1}',
  'refs/jidoka/a/b~1',
  'refs/jidoka/a/b:c',
  'refs/jidoka/a/b*',
  'refs/jidoka/a/b\\c',
  'REFS/jidoka/a/b',
  'HEAD',
])('%s is none', (ref) => {
  expect(refusesRef(ref, 'refs/jidoka/a/')).not.toBeNull();
});
