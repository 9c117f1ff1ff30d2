import { compare, gt, parse, prerelease, rcompare, satisfies, valid, validRange } from 'semver';
import type { UpdatePolicy } from '../../../core/packet/seed.ts';
import type { PackageReleases, Release } from '../../../core/ports/registry.ts';

export interface ReleaseConstraints {
  /** Version of the Node that the releases must run on; null switches the rule off. */
  readonly node: string | null;
  readonly minimumAgeDays: number;
  /** ISO time that ages are counted to. */
  readonly now: string;
  /** The manifest's range for this package; what a policy of `range` stays inside. */
  readonly range: string | null;
}

export interface ReleaseChoice {
  /** null where no release fits. */
  readonly target: string | null;
  /** Newer releases than the current one (or than the target, where there is one) that were left out, newest first. */
  readonly leftOut: readonly { readonly version: string; readonly why: string }[];
}

interface Question {
  readonly releases: PackageReleases;
  /** Version the repository has; null where it has none yet. */
  readonly current: string | null;
  readonly policy: UpdatePolicy;
}

/**
 * Chooses the release an update goes to: the newest stable one that the policy, the `latest` tag, Node and the minimum
 * age admit. A version that was asked for by name is taken as it is, if it was ever published.
 *
 * @example
 * chooseRelease({ releases, current: '1.0.0', policy: { kind: 'newest', within: 'minor' } }, constraints);
 */
export function chooseRelease({ releases, current, policy }: Question, constraints: ReleaseConstraints): ReleaseChoice {
  if (policy.kind === 'version') return exactly(releases, policy.version);
  const newer = Object.values(releases.versions)
    .filter(({ version }) => valid(version) !== null && (current === null || valid(current) === null || gt(version, current)))
    .sort((left, right) => rcompare(left.version, right.version));
  const judged = newer.map((release) => ({ release, why: objection(release, { releases, current, policy }, constraints) }));
  const target = judged.find(({ why }) => why === null)?.release.version ?? null;
  const leftOut = judged.flatMap(({ release: { version }, why }) =>
    why !== null && (target === null || gt(version, target)) ? [{ version, why }] : [],
  );
  return { target, leftOut };
}

function exactly(releases: PackageReleases, version: string): ReleaseChoice {
  const published = Object.hasOwn(releases.versions, version);
  return published ? { target: version, leftOut: [] } : { target: null, leftOut: [{ version, why: 'was never published' }] };
}

/** Why a release is not taken, in words that follow its version; null where nothing speaks against it. */
function objection(release: Release, question: Question, constraints: ReleaseConstraints): string | null {
  return (
    notStable(release.version, question.current) ??
    beyondTag(release.version, question) ??
    outsidePolicy(release.version, question, constraints.range) ??
    (release.deprecated === null ? null : `is deprecated: ${release.deprecated}`) ??
    wantsOtherNode(release, constraints.node) ??
    tooYoung(release, constraints)
  );
}

function notStable(version: string, current: string | null): string | null {
  if (prerelease(version) === null || sameTuple(version, current)) return null;
  return 'is a prerelease';
}

/** A prerelease in use may go on to later prereleases of the same version. */
function sameTuple(version: string, current: string | null): boolean {
  const [left, right] = [parse(version), parse(current)];
  return left !== null && right !== null && right.prerelease.length > 0 && left.compareMain(right) === 0;
}

function beyondTag(version: string, { releases, current }: Question): string | null {
  const latest = releases.distTags['latest'];
  if (latest === undefined || valid(latest) === null || compare(version, latest) <= 0 || sameTuple(version, current)) return null;
  return `is newer than ${latest}, the release tagged latest`;
}

function outsidePolicy(version: string, { current, policy }: Question, range: string | null): string | null {
  if (policy.kind === 'version' || policy.within === 'major') return null;
  if (policy.within === 'range') return isWithin(version, range) ? null : `is outside ${range ?? 'the range'}`;
  const [to, from] = [parse(version), parse(current)];
  if (to === null || from === null) return null;
  if (to.major !== from.major) return 'is another major version';
  return policy.within === 'patch' && to.minor !== from.minor ? 'is another minor version' : null;
}

function isWithin(version: string, range: string | null): boolean {
  return range === null || validRange(range) === null || satisfies(version, range, { loose: true });
}

function wantsOtherNode({ node: range }: Release, node: string | null): string | null {
  if (node === null || range === null || validRange(range) === null) return null;
  return satisfies(node, range, { includePrerelease: true }) ? null : `wants Node ${range}, not ${node}`;
}

const dayMs = 86_400_000;

/** Where the registry does not say when, a release counts as too young: the rule is there for safety. */
function tooYoung({ publishedAt }: Release, { minimumAgeDays, now }: ReleaseConstraints): string | null {
  if (minimumAgeDays <= 0) return null;
  if (publishedAt === null || Number.isNaN(Date.parse(publishedAt))) return 'has no known publication time';
  const days = (Date.parse(now) - Date.parse(publishedAt)) / dayMs;
  return days >= minimumAgeDays ? null : `is ${Math.max(0, Math.floor(days))} days old, not ${minimumAgeDays}`;
}
