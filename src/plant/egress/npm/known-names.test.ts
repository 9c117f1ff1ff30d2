import { expect, test } from 'vitest';
import { knownNames } from './known-names.ts';

test('of names that nobody knows yet no more are out at once than may turn out unknown', async () => {
  const names = knownNames(3);
  const asked = ['a', 'b', 'c', 'd', 'e'].map(async (name) => [name, await names.admit(name)] as const);
  expect(await Promise.all(asked.slice(0, 3))).toEqual([
    ['a', true],
    ['b', true],
    ['c', true],
  ]);
  names.learn('a', 404);
  names.learn('b', 200);
  expect(await asked[3]).toEqual(['d', true]);
  names.learn('c', 404);
  names.learn('d', 404);
  expect(await asked[4]).toEqual(['e', false]);
  expect([await names.admit('b'), await names.admit('a'), await names.admit('f')]).toEqual([true, false, false]);
});

test.each([401, 403, 404, 405, 410, 451])('a name of which a registry answers %d is unknown to it', async (status) => {
  const names = knownNames(1);
  await names.admit('a');
  names.learn('a', status);
  expect(await names.admit('b')).toBe(false);
});

test.each([200, 304, 302, 408, 429, 500, 503, null])('a name of which a registry answers %s is not', async (status) => {
  const names = knownNames(1);
  await names.admit('a');
  names.learn('a', status);
  expect(await names.admit('b')).toBe(true);
});

test('what was unknown and is found later takes no place any more', async () => {
  const names = knownNames(2);
  await names.admit('a');
  names.learn('a', 404);
  await names.admit('a');
  names.learn('a', 200);
  for (const name of ['b', 'c']) {
    expect(await names.admit(name)).toBe(true);
    names.learn(name, 404);
  }
  expect([await names.admit('a'), await names.admit('d')]).toEqual([true, false]);
});
