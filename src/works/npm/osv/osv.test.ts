import fc from 'fast-check';
import { compare, gte, lt, lte } from 'semver';
import { describe, expect, it } from 'vitest';
import { Advisory } from '../../../core/packet/seed.ts';
import { readLock } from '../lock/index.ts';
import { affectedNames, fixedVersions, isAffected, matchAdvisory } from './index.ts';

type Events = readonly Readonly<Record<string, string>>[];

const ranged = (...ranges: readonly Events[]): Advisory => about({ ranges: ranges.map((events) => ({ type: 'SEMVER', events })) });
const about = (entry: object, more: object = {}): Advisory =>
  Advisory.parse({ id: 'X-1', affected: [{ package: { ecosystem: 'npm', name: 'a' }, ...entry }], ...more });
const affects = (advisory: Advisory, ...versions: string[]): boolean[] => versions.map((version) => isAffected(advisory, 'a', version));

describe('an advisory', () => {
  it('affects what lies between introduced and fixed, the first included and the last not', () => {
    const advisory = ranged([{ introduced: '1.0.0' }, { fixed: '1.2.0' }]);
    expect(affects(advisory, '0.9.9', '1.0.0', '1.1.9', '1.2.0', '2.0.0')).toEqual([false, true, true, false, false]);
  });

  it('takes "0" for below everything, prereleases too', () => {
    expect(affects(ranged([{ introduced: '0' }, { fixed: '0.0.1' }]), '0.0.0-alpha', '0.0.0', '0.0.1-rc.1', '0.0.1')).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('orders prereleases before their release', () => {
    const advisory = ranged([{ introduced: '2.0.0-beta.2' }, { fixed: '2.0.0' }]);
    expect(affects(advisory, '2.0.0-beta.1', '2.0.0-beta.2', '2.0.0-rc.1', '2.0.0')).toEqual([false, true, true, false]);
  });

  it('includes the last affected version', () => {
    expect(affects(ranged([{ introduced: '0' }, { last_affected: '1.5.0' }]), '1.5.0', '1.5.1', '1.6.0-rc.1')).toEqual([
      true,
      false,
      false,
    ]);
    expect(affects(ranged([{ introduced: '1.0.0' }, { last_affected: '1.0.0' }]), '0.9.0', '1.0.0', '1.0.1')).toEqual([false, true, false]);
  });

  it('reads several branches in one range, in any order', () => {
    const advisory = ranged([{ fixed: '2.1.0' }, { introduced: '2.0.0' }, { fixed: '1.1.0' }, { introduced: '1.0.0' }]);
    expect(affects(advisory, '1.0.5', '1.1.0', '1.9.0', '2.0.5', '2.1.0')).toEqual([true, false, false, true, false]);
  });

  it('without a fix affects everything from where it was introduced, up to its limit', () => {
    expect(affects(ranged([{ introduced: '1.0.0' }]), '1.0.0', '99.0.0')).toEqual([true, true]);
    expect(affects(ranged([{ introduced: '0' }, { limit: '2.0.0' }]), '1.9.9', '2.0.0')).toEqual([true, false]);
    expect(affects(ranged([{ introduced: '0' }, { limit: '*' }]), '9.0.0')).toEqual([true]);
  });

  it('adds up ranges and listed versions', () => {
    const advisory = about({ versions: ['5.0.0'], ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '1.0' }, { fixed: '1.1' }] }] });
    expect(affects(advisory, '1.0.5', '1.1.0', '5.0.0', '5.0.1')).toEqual([true, false, true, false]);
  });

  it('is not read by commits, for other ecosystems, for other packages, or once withdrawn', () => {
    expect(affects(about({ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }), '1.0.0')).toEqual([false]);
    const python = Advisory.parse({ id: 'X', affected: [{ package: { ecosystem: 'PyPI', name: 'a' }, versions: ['1.0.0'] }] });
    expect([affects(python, '1.0.0'), affectedNames(python)]).toEqual([[false], []]);
    const withdrawn = about({ versions: ['1.0.0'] }, { withdrawn: '2024-01-01T00:00:00Z' });
    expect([affects(withdrawn, '1.0.0'), affectedNames(withdrawn)]).toEqual([[false], []]);
    expect(isAffected(ranged([{ introduced: '0' }]), 'b', '1.0.0')).toBe(false);
  });

  it('says nothing of what has no version', () => {
    expect(affects(ranged([{ introduced: '0' }]), '', 'git+https://host/a.git#1')).toEqual([false, false]);
  });

  it('names its fixed versions in order', () => {
    expect(fixedVersions(ranged([{ introduced: '0' }, { fixed: '10.0.0' }], [{ introduced: '0' }, { fixed: '9.0.1' }]), 'a')).toEqual([
      '9.0.1',
      '10.0.0',
    ]);
    expect(fixedVersions(ranged([{ introduced: '0' }, { last_affected: '1.0.0' }]), 'a')).toEqual([]);
  });
});

describe('the evaluation of ranges', () => {
  const part = fc.integer({ min: 0, max: 3 });
  const version = fc
    .tuple(part, part, part, fc.option(fc.integer({ min: 0, max: 2 }), { freq: 4 }))
    .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre === null ? '' : `-rc.${pre}`}`);
  /** Disjoint pieces, each from an introduction to a fix or a last affected version. */
  const pieces = fc.uniqueArray(version, { minLength: 2, maxLength: 8 }).chain((versions) => {
    const sorted = versions.toSorted(compare);
    const pairs = Array.from({ length: Math.floor(sorted.length / 2) }, (_, at) => ({
      from: sorted[2 * at] ?? '',
      to: sorted[2 * at + 1] ?? '',
    }));
    return fc.tuple(...pairs.map((pair) => fc.boolean().map((inclusive) => ({ ...pair, inclusive }))));
  });
  const eventsOf = (all: readonly { from: string; to: string; inclusive: boolean }[]): Events =>
    all.flatMap(({ from, to, inclusive }) => [{ introduced: from }, inclusive ? { last_affected: to } : { fixed: to }]);

  it('agrees with the pieces it was made of', () => {
    fc.assert(
      fc.property(pieces, version, (all, asked) => {
        const expected = all.some(({ from, to, inclusive }) => gte(asked, from) && (inclusive ? lte(asked, to) : lt(asked, to)));
        expect(isAffected(ranged(eventsOf(all)), 'a', asked)).toBe(expected);
      }),
    );
  });

  it('does not depend on the order of events, nor on how they are spread over ranges', () => {
    const shuffled = pieces.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...eventsOf(all)], { minLength: 2 * all.length })),
    );
    fc.assert(
      fc.property(shuffled, version, ([all, events], asked) => {
        const whole = isAffected(ranged(eventsOf(all)), 'a', asked);
        expect(isAffected(ranged(events), 'a', asked)).toBe(whole);
        expect(isAffected(ranged(...all.map((piece) => eventsOf([piece]))), 'a', asked)).toBe(whole);
      }),
    );
  });
});

describe('the match of an advisory with a lockfile', () => {
  const packages = {
    '': { dependencies: { a: '^1.0.0', p: '^1.0.0', al: 'npm:a@1.0.0', g: 'git+https://host/a.git' } },
    'node_modules/a': { version: '1.5.0' },
    'node_modules/p': { version: '1.0.0', dependencies: { a: '1.0.1' }, dev: true },
    'node_modules/p/node_modules/a': { version: '1.0.1', dev: true },
    'node_modules/al': { name: 'a', version: '1.0.0' },
    'node_modules/g': { name: 'a', version: '1.0.0', resolved: 'git+https://host/a.git#1' },
    'node_modules/tool': { version: '1.0.0' },
    'node_modules/tool/node_modules/a': { version: '1.1.0', inBundle: true },
  };
  const lock = readLock(JSON.stringify({ lockfileVersion: 3, packages }));

  it('sees nested, bundled, aliased and development copies, and not the one that is fixed', () => {
    const copies = matchAdvisory(ranged([{ introduced: '0' }, { fixed: '1.5.0' }]), lock);
    expect(copies).toEqual([
      { path: 'node_modules/p/node_modules/a', name: 'a', version: '1.0.1', dev: true, bundled: false, parents: ['p@1.0.0 -> 1.0.1'] },
      { path: 'node_modules/al', name: 'a', version: '1.0.0', dev: false, bundled: false, parents: ['package.json -> npm:a@1.0.0'] },
      { path: 'node_modules/tool/node_modules/a', name: 'a', version: '1.1.0', dev: false, bundled: true, parents: [] },
    ]);
  });
});
