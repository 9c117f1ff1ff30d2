import { rcompare, satisfies, valid } from 'semver';
import type { PackageReleases, Release } from '../../../core/ports/registry.ts';

/**
 * Gives the release npm would install for a range: the one tagged latest if the range admits it, else the highest,
 * deprecated ones last. Null where none fits.
 *
 * @example
 * pickRelease(releases, '^1.0.0')?.version;
 */
export function pickRelease(releases: PackageReleases, range: string): Release | null {
  const latest = releases.versions[releases.distTags['latest'] ?? ''];
  if (latest && satisfies(latest.version, range, { loose: true })) return latest;
  const fitting = Object.values(releases.versions)
    .filter(({ version }) => valid(version) !== null && satisfies(version, range, { loose: true }))
    .sort((left, right) => rcompare(left.version, right.version));
  return fitting.find(({ deprecated }) => deprecated === null) ?? fitting[0] ?? null;
}
