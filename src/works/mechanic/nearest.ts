import { gt, major, minor, valid } from 'semver';
import type { PackageReleases, Release } from '../../core/ports/registry.ts';
import { chooseRelease } from '../npm/release/index.ts';

/**
 * Releases above a version, the nearest first: the newest of its own minor version, of each later minor version of its
 * major, then of each later major. What is deprecated, a prerelease, beyond `latest` or for another Node is none.
 */
export function nearestReleases(releases: PackageReleases, above: string, node: string | null): readonly Release[] {
  if (valid(above) === null) return [];
  const newer = Object.values(releases.versions).filter(({ version }) => valid(version) !== null && gt(version, above));
  const groups = new Map<string, Release[]>();
  for (const release of newer)
    groups.set(groupOf(release.version, above), [...(groups.get(groupOf(release.version, above)) ?? []), release]);
  const newest = [...groups.values()].flatMap((group) => {
    const versions = Object.fromEntries(group.map((release) => [release.version, release]));
    const question = { releases: { ...releases, versions }, current: above, policy: { kind: 'newest', within: 'major' } } as const;
    const { target } = chooseRelease(question, { node, minimumAgeDays: 0, now: '', range: null });
    return group.filter(({ version }) => version === target);
  });
  return newest.sort((left, right) => (gt(left.version, right.version) ? 1 : -1));
}

/** Versions that a caret takes for the same: one major version, below 1.0.0 one minor version. */
export function lineOf(version: string): string {
  if (valid(version) === null) return version;
  return major(version) > 0 ? `${major(version)}` : `0.${minor(version)}`;
}

function groupOf(version: string, above: string): string {
  return major(version) === major(above) ? `${major(version)}.${minor(version)}` : `${major(version)}`;
}
