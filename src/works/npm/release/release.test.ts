import { describe, expect, it } from 'vitest';
import { memoryRegistry, type FakePackage, type FakeRelease } from '../../../../kit/registry/index.ts';
import type { UpdatePolicy } from '../../../core/packet/seed.ts';
import type { PackageReleases } from '../../../core/ports/registry.ts';
import { chooseRelease, pickRelease, type ReleaseConstraints } from './index.ts';

const anything: ReleaseConstraints = { node: '20.20.0', minimumAgeDays: 0, now: '2024-01-01T00:00:00.000Z', range: null };
const newest = (within: 'range' | 'patch' | 'minor' | 'major'): UpdatePolicy => ({ kind: 'newest', within });

async function releasesOf(releases: readonly (string | FakeRelease)[], tags?: FakePackage['tags']): Promise<PackageReleases> {
  const full = releases.map((release) => (typeof release === 'string' ? { version: release } : release));
  const answer = await memoryRegistry([{ name: 'a', releases: full, ...(tags && { tags }) }]).releases('a');
  if (answer.kind !== 'found') throw new Error('the fake lost its package');
  return answer.package;
}

describe('the choice of a release', () => {
  it.each([
    ['patch', '1.0.2'],
    ['minor', '1.2.0'],
    ['major', '3.0.0'],
  ] as const)('goes to the newest %s release', async (within, target) => {
    const releases = await releasesOf(['1.0.0', '1.0.2', '1.2.0', '2.0.0', '3.0.0']);
    expect(chooseRelease({ releases, current: '1.0.0', policy: newest(within) }, anything).target).toBe(target);
  });

  it('stays inside the range where told so, and says what lies outside', async () => {
    const releases = await releasesOf(['1.0.0', '1.2.0', '2.0.0']);
    expect(chooseRelease({ releases, current: '1.0.0', policy: newest('range') }, { ...anything, range: '^1.0.0' })).toEqual({
      target: '1.2.0',
      leftOut: [{ version: '2.0.0', why: 'is outside ^1.0.0' }],
    });
  });

  it('does not take a higher number that is not the release tagged latest', async () => {
    const releases = await releasesOf(['1.0.0', '1.1.0', '2.0.0'], { latest: '1.1.0', next: '2.0.0' });
    expect(chooseRelease({ releases, current: '1.0.0', policy: newest('major') }, anything)).toEqual({
      target: '1.1.0',
      leftOut: [{ version: '2.0.0', why: 'is newer than 1.1.0, the release tagged latest' }],
    });
  });

  it('leaves out prereleases, deprecated releases and those for another Node, each with its reason', async () => {
    const releases = await releasesOf([
      '1.0.0',
      { version: '1.1.0', deprecated: 'broken' },
      { version: '1.2.0', engines: { node: '>=22' } },
      '1.3.0-rc.1',
    ]);
    expect(chooseRelease({ releases, current: '1.0.0', policy: newest('major') }, anything)).toEqual({
      target: null,
      leftOut: [
        { version: '1.3.0-rc.1', why: 'is a prerelease' },
        { version: '1.2.0', why: 'wants Node >=22, not 20.20.0' },
        { version: '1.1.0', why: 'is deprecated: broken' },
      ],
    });
  });

  it('lets a prerelease go on to its own later prereleases and to its release', async () => {
    const tags = { latest: '1.9.0' };
    const rc = await releasesOf(['1.9.0', '2.0.0-rc.1', '2.0.0-rc.2', '2.1.0-rc.1'], tags);
    expect(chooseRelease({ releases: rc, current: '2.0.0-rc.1', policy: newest('major') }, anything).target).toBe('2.0.0-rc.2');
    const final = await releasesOf(['2.0.0-rc.1', '2.0.0'], { latest: '2.0.0' });
    expect(chooseRelease({ releases: final, current: '2.0.0-rc.1', policy: newest('major') }, anything).target).toBe('2.0.0');
  });

  it('waits until a release is old enough, and does not trust one without a time', async () => {
    const young = { version: '1.1.0', publishedAt: '2023-12-30T00:00:00.000Z' };
    const releases = await releasesOf([{ version: '1.0.0' }, { version: '1.0.1' }, young]);
    const choice = chooseRelease({ releases, current: '1.0.0', policy: newest('major') }, { ...anything, minimumAgeDays: 7 });
    expect(choice).toEqual({ target: '1.0.1', leftOut: [{ version: '1.1.0', why: 'is 2 days old, not 7' }] });
    const timeless = {
      ...releases,
      versions: { '1.1.0': { ...releases.versions['1.1.0'], version: '1.1.0', publishedAt: null } },
    } as PackageReleases;
    expect(
      chooseRelease({ releases: timeless, current: '1.0.0', policy: newest('major') }, { ...anything, minimumAgeDays: 7 }).target,
    ).toBeNull();
  });

  it('takes a version asked for by name, and only if it was published', async () => {
    const releases = await releasesOf(['1.0.0', { version: '1.1.0', deprecated: 'broken' }]);
    expect(chooseRelease({ releases, current: '1.0.0', policy: { kind: 'version', version: '1.1.0' } }, anything).target).toBe('1.1.0');
    expect(chooseRelease({ releases, current: '1.0.0', policy: { kind: 'version', version: '7.0.0' } }, anything)).toEqual({
      target: null,
      leftOut: [{ version: '7.0.0', why: 'was never published' }],
    });
  });
});

describe('the release npm would pick', () => {
  it('is the tagged one if the range admits it, else the highest that is not deprecated', async () => {
    const releases = await releasesOf(['1.0.0', '1.1.0', { version: '1.2.0', deprecated: 'no' }, '2.0.0'], { latest: '1.0.0' });
    expect(pickRelease(releases, '^1.0.0')?.version).toBe('1.0.0');
    expect(pickRelease(releases, '>1.0.0 <2.0.0')?.version).toBe('1.1.0');
    expect(pickRelease(releases, '1.2.x')?.version).toBe('1.2.0');
    expect(pickRelease(releases, '^3.0.0')).toBeNull();
  });
});
