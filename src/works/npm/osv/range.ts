import { coerce, compare, parse, type SemVer } from 'semver';
import type { Advisory } from '../../../core/packet/seed.ts';

type Affected = Advisory['affected'][number];
type Event = Affected['ranges'][number]['events'][number];

/**
 * Tells whether an advisory is about a version of a package, by the rules of the OSV schema: listed versions, or any
 * SEMVER or ECOSYSTEM range (npm orders both alike). Never about other ecosystems, and never once it is withdrawn.
 *
 * @example
 * isAffected(advisory, 'lodash', '4.17.20'); // true
 */
export function isAffected(advisory: Advisory, name: string, version: string): boolean {
  return affectedEntries(advisory, name).some((entry) => entry.versions.includes(version) || inRanges(entry, version));
}

/** Names of the npm packages an advisory is about; none once it is withdrawn. */
export function affectedNames(advisory: Advisory): readonly string[] {
  if (advisory.withdrawn !== undefined) return [];
  return [...new Set(advisory.affected.filter(isNpm).map((entry) => entry.package.name))];
}

/** Versions that an advisory names as fixed, lowest first; empty where it knows no fix. */
export function fixedVersions(advisory: Advisory, name: string): readonly string[] {
  const events = affectedEntries(advisory, name)
    .flatMap(comparableRanges)
    .flatMap((range) => range.events);
  const fixed = [...new Set(events.flatMap((event) => event.fixed ?? []))];
  return fixed.filter((version) => parseLoosely(version) !== null).sort((left, right) => order(parseLoosely(left), parseLoosely(right)));
}

function affectedEntries(advisory: Advisory, name: string): readonly Affected[] {
  return advisory.withdrawn === undefined ? advisory.affected.filter((entry) => isNpm(entry) && entry.package.name === name) : [];
}

/** An ecosystem may carry a suffix behind a colon. */
function isNpm({ package: { ecosystem } }: Affected): boolean {
  return ecosystem.split(':')[0] === 'npm';
}

function inRanges(entry: Affected, version: string): boolean {
  const parsed = parse(version, { loose: true });
  return parsed !== null && comparableRanges(entry).some(({ events }) => inRange(events, parsed));
}

function comparableRanges({ ranges }: Affected): Affected['ranges'] {
  return ranges.filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM');
}

/** https://ossf.github.io/osv-schema/#evaluation */
function inRange(events: readonly Event[], version: SemVer): boolean {
  let affected = false;
  for (const { kind, at } of inOrder(events)) {
    if (kind === 'introduced' && order(version, at) >= 0) affected = true;
    if (kind === 'fixed' && order(version, at) >= 0) affected = false;
    if (kind === 'last_affected' && order(version, at) > 0) affected = false;
  }
  return affected && belowLimit(events, version);
}

interface Step {
  readonly kind: 'introduced' | 'fixed' | 'last_affected';
  /** null is '0': below every version, prereleases of 0.0.0 too. */
  readonly at: SemVer | null;
}

const kinds = ['introduced', 'fixed', 'last_affected'] as const;

/** Events may come in any order; what happens at one version happens in the order of `kinds`. */
function inOrder(events: readonly Event[]): readonly Step[] {
  const steps = events.flatMap((event) => kinds.flatMap((kind) => stepOf(kind, event[kind])));
  return steps.sort((left, right) => order(left.at, right.at) || kinds.indexOf(left.kind) - kinds.indexOf(right.kind));
}

function stepOf(kind: Step['kind'], text: string | undefined): Step[] {
  if (text === undefined) return [];
  if (text === '0') return [{ kind, at: null }];
  const at = parseLoosely(text);
  return at ? [{ kind, at }] : [];
}

function belowLimit(events: readonly Event[], version: SemVer): boolean {
  const limits = events.flatMap(({ limit }) => limit ?? []);
  return limits.length === 0 || limits.some((limit) => limit === '*' || order(version, parseLoosely(limit)) < 0);
}

/** '1.0' is no semver, yet advisories have it. */
function parseLoosely(text: string): SemVer | null {
  return parse(text, { loose: true }) ?? coerce(text);
}

function order(left: SemVer | null, right: SemVer | null): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  return compare(left, right);
}
