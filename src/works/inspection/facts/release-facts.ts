import { fact, type FactOf } from '../../../core/evidence/fact.ts';
import type { Registry, Release } from '../../../core/ports/registry.ts';
import { diffLocks, type Lock } from '../../npm/index.ts';
import { listed } from './words.ts';

/** A release the change moves to, with what the registry says of it; null where the registry did not answer. */
export interface NewRelease {
  /** 'ms@2.1.3' */
  readonly id: string;
  readonly name: string;
  readonly release: Release | null;
  /** Whether a release of the package that the tree had before ran code at install time, by the registry. */
  readonly hadInstallScript: boolean;
}

/** Asks the registry about every release the change moves to. */
export async function newReleases(before: Lock, after: Lock, registry: Registry): Promise<readonly NewRelease[]> {
  const moved = diffLocks(before, after).flatMap(({ path }) => {
    const copy = after.nodes.get(path);
    return copy?.kind === 'copy' && copy.source.kind === 'registry' ? [copy] : [];
  });
  const unique = new Map(moved.map((copy) => [`${copy.name}@${copy.version}`, copy]));
  return await Promise.all(
    [...unique].map(async ([id, { name, version }]) => {
      const answer = await registry.releases(name);
      const versions = answer.kind === 'found' ? answer.package.versions : {};
      const hadInstallScript = before.copies.some((copy) => copy.name === name && versions[copy.version]?.hasInstallScript === true);
      return { id, name, release: versions[version] ?? null, hadInstallScript };
    }),
  );
}

/** Says that no release the change moves to is deprecated. */
export function deprecationsFact(releases: readonly NewRelease[]): FactOf<'deprecations'> {
  const deprecated = releases.flatMap(({ id, release }) => (release?.deprecated == null ? [] : [`${id}: ${release.deprecated}`]));
  const silent = releases.filter(({ release }) => release === null).map(({ id }) => id);
  if (deprecated.length > 0)
    return fact('deprecations', 'broken', 'deprecated-release', `The change moves to deprecated releases: ${listed(deprecated)}.`, {
      deprecated,
    });
  if (silent.length > 0)
    return fact('deprecations', 'unknown', 'registry-silent', `The registry did not tell of ${listed(silent)}.`, { deprecated });
  return fact('deprecations', 'holds', 'none-deprecated', `None of ${releases.length} new releases is deprecated.`, { deprecated });
}

/** Says that the releases are old enough; with a rule of 0 days it holds for all. */
export function releaseAgeFact(releases: readonly NewRelease[], minimumDays: number, now: string): FactOf<'release-age'> {
  const latest = Date.parse(now) - minimumDays * 86_400_000;
  const tooYoung = releases.flatMap(({ id, release }) =>
    release?.publishedAt != null && Date.parse(release.publishedAt) > latest ? [`${id} (${release.publishedAt})`] : [],
  );
  const data = { minimumDays, tooYoung };
  if (minimumDays === 0)
    return fact('release-age', 'holds', 'no-age-rule', 'The line asks for no minimum release age.', { minimumDays, tooYoung: [] });
  const undated = releases.filter(({ release }) => release?.publishedAt == null).map(({ id }) => id);
  if (tooYoung.length > 0)
    return fact('release-age', 'broken', 'release-too-young', `Younger than ${minimumDays} day(s): ${listed(tooYoung)}.`, data);
  if (undated.length > 0)
    return fact('release-age', 'unknown', 'release-undated', `The registry gives no date for ${listed(undated)}.`, data);
  return fact(
    'release-age',
    'holds',
    'releases-old-enough',
    `All ${releases.length} new releases are at least ${minimumDays} day(s) old.`,
    data,
  );
}
