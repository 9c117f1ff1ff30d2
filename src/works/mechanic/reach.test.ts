import { describe, expect, it } from 'vitest';
import { fakePackage, memoryRegistry, type FakePackage } from '../../../kit/registry/index.ts';
import { readLock, requestersOf } from '../npm/lock/index.ts';
import { nearestReleases } from './nearest.ts';
import { findChain, lookupOf, type Chain, type Reach } from './reach.ts';

type Releases = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const inRange: Reach = { climb: false, raise: 'never' };
const parents: Reach = { climb: true, raise: 'never' };
const majors: Reach = { climb: true, raise: 'any-major' };

/** The way to be rid of the copy of `bad` at node_modules/bad, where only 1.x versions are bad. */
async function chainFor(entries: Entries, published: Readonly<Record<string, Releases>>, reach: Reach): Promise<Chain | null> {
  const lock = readLock(JSON.stringify({ lockfileVersion: 3, packages: entries }));
  const packages = Object.entries(published).map(([name, releases]) => fakePackage(name, releases));
  const { lookup } = lookupOf(memoryRegistry(packages));
  const bad = lock.copies.find(({ path }) => path === 'node_modules/bad');
  if (!bad) throw new Error('the lockfile has no bad copy');
  const search = { lock, requesters: requestersOf(lock), releases: lookup, reach, node: null, budget: { left: 50 } };
  return await findChain(search, bad, async ({ version }) => !version.startsWith('1.'));
}

describe('the search for a way to be rid of a copy', () => {
  const bad = { version: '1.0.0' };
  const two: Releases = { '1.0.0': {}, '2.0.0': {} };

  it('ends at the copy itself where everyone who asks for it admits a release that is well', async () => {
    const entries = { '': { dependencies: { bad: '>=1' } }, 'node_modules/bad': bad };
    expect(await chainFor(entries, { bad: two }, inRange)).toEqual({ refresh: ['node_modules/bad'], raises: [] });
  });

  it('fails where one of two does not', async () => {
    const entries = {
      '': { dependencies: { bad: '>=1', p: '^1' } },
      'node_modules/bad': bad,
      'node_modules/p': { version: '1.0.0', dependencies: { bad: '^1' } },
    };
    expect(await chainFor(entries, { bad: two, p: { '1.0.0': { bad: '^1' } } }, inRange)).toBeNull();
  });

  it('climbs through parents whose own ranges admit a release that asks for better, or no longer asks', async () => {
    const entries = {
      '': { dependencies: { g: '^1' } },
      'node_modules/g': { version: '1.0.0', dependencies: { p: '1.0.0' } },
      'node_modules/p': { version: '1.0.0', dependencies: { bad: '^1' } },
      'node_modules/bad': bad,
    };
    const p: Releases = { '1.0.0': { bad: '^1' }, '1.0.1': {} };
    const g: Releases = { '1.0.0': { p: '1.0.0' }, '1.1.0': { p: '1.0.1' } };
    expect(await chainFor(entries, { bad: two, p, g }, inRange)).toBeNull();
    expect(await chainFor(entries, { bad: two, p, g }, parents)).toEqual({
      refresh: ['node_modules/bad', 'node_modules/p', 'node_modules/g'],
      raises: [],
    });
  });

  it('raises the direct dependency at the end of the way to its nearest release that does', async () => {
    const entries = {
      '': { devDependencies: { p: '^1' } },
      'node_modules/p': { version: '1.0.0', dependencies: { bad: '^1' } },
      'node_modules/bad': bad,
    };
    const p: Releases = { '1.0.0': { bad: '^1' }, '2.0.0': { bad: '^1' }, '3.0.0': { bad: '^2' }, '4.0.0': {} };
    expect(await chainFor(entries, { bad: two, p }, parents)).toBeNull();
    expect((await chainFor(entries, { bad: two, p }, majors))?.raises).toEqual([
      { folder: '', section: 'devDependencies', name: 'p', version: '3.0.0' },
    ]);
  });

  it('gets through packages that ask for each other', async () => {
    const entries = {
      '': { dependencies: { p: '^1' } },
      'node_modules/p': { version: '1.0.0', dependencies: { q: '^1', bad: '^1' } },
      'node_modules/q': { version: '1.0.0', dependencies: { p: '^1' } },
      'node_modules/bad': bad,
    };
    const published = { bad: two, p: { '1.0.0': { q: '^1', bad: '^1' }, '1.1.0': { q: '^1' } }, q: { '1.0.0': { p: '^1' } } };
    expect(await chainFor(entries, published, parents)).toEqual({ refresh: ['node_modules/bad', 'node_modules/p'], raises: [] });
  });

  it('finds nothing where the registry does not answer, and remembers that', async () => {
    const registry = memoryRegistry([]);
    registry.fail('x', 'timeout');
    const { lookup, failure } = lookupOf(registry);
    expect([await lookup('x'), await lookup('absent')]).toEqual([null, null]);
    expect(failure()).toMatchObject({ name: 'x', class: 'timeout' });
  });
});

describe('the nearest releases', () => {
  it('come by minor version within the major, then by major, without what is not for everybody', async () => {
    const releases: FakePackage['releases'] = [
      ...['1.0.0', '1.0.1', '1.0.2', '1.1.0', '1.1.1', '2.0.0', '2.5.0', '3.0.0-rc.1'].map((version) => ({ version })),
      { version: '1.2.0', deprecated: 'no' },
      { version: '4.0.0', engines: { node: '>=99' } },
    ];
    const answer = await memoryRegistry([{ name: 'a', releases }]).releases('a');
    const near = answer.kind === 'found' ? nearestReleases(answer.package, '1.0.0', '20.0.0') : [];
    expect(near.map(({ version }) => version)).toEqual(['1.0.2', '1.1.1', '2.5.0']);
  });
});
