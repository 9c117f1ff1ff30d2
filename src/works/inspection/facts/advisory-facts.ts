import { satisfies } from 'semver';
import { fact, type FactOf, type VulnerableCopy } from '../../../core/evidence/fact.ts';
import type { Advisory } from '../../../core/packet/seed.ts';
import type { AdvisorySource } from '../../../core/ports/advisories.ts';
import { diffLocks, matchAdvisory, type Lock } from '../../npm/index.ts';
import { count, listed } from './words.ts';

/** Says that the change brings in no known advisory, by the advisories given and the registry's own endpoint. */
export async function advisoriesFact(
  before: Lock,
  after: Lock,
  given: readonly Advisory[],
  source: AdvisorySource,
): Promise<FactOf<'advisories'>> {
  const moved = [...new Set(diffLocks(before, after).map((move) => move.name))];
  const answer = await source.advisories(versionsOf([before, after], moved));
  const known = answer.kind === 'found' ? answer.advisories : [];
  const hits = (lock: Lock): string[] => [
    ...given.flatMap((advisory) => matchAdvisory(advisory, lock).map((copy) => `${advisory.id}: ${copy.name}@${copy.version}`)),
    ...known.flatMap(({ id, name, range }) =>
      lock.copies.filter((copy) => copy.name === name && satisfies(copy.version, range)).map((copy) => `${id}: ${name}@${copy.version}`),
    ),
  ];
  const [was, is] = [unique(hits(before)), unique(hits(after))];
  const sources = [
    ...(given.length > 0 ? [`${given.length} given OSV advisories`] : []),
    ...(answer.kind === 'found' ? ['the registry'] : []),
  ];
  const data = { source: sources.join(' and ') || 'none', before: was, after: is, added: is.filter((hit) => !was.includes(hit)) };
  if (data.added.length > 0) return fact('advisories', 'broken', 'advisory-added', `The change brings in ${listed(data.added)}.`, data);
  if (sources.length === 0)
    return fact(
      'advisories',
      'unknown',
      'advisories-unavailable',
      `No source of advisories answered${answer.kind === 'unavailable' ? `: ${answer.reason.replace(/\.$/, '')}` : ''}.`,
      data,
    );
  return fact(
    'advisories',
    'holds',
    'no-advisory-added',
    `By ${data.source}, ${count(was, 'advisory hit')} before and ${is.length} after; none is new.`,
    data,
  );
}

/** Says that no affected copy is left in the asked scope. */
export function vulnerableCopiesFact(
  advisory: string,
  before: readonly VulnerableCopy[],
  after: readonly VulnerableCopy[],
  rung: string,
): FactOf<'vulnerable-copies'> {
  const data = { advisory, before, after, rung };
  const text = ({ path, version }: VulnerableCopy): string => `${path} ${version}`;
  if (after.length > 0)
    return fact(
      'vulnerable-copies',
      'broken',
      'still-vulnerable',
      `${after.length} of ${before.length} affected copies are left: ${listed(after.map(text))}.`,
      data,
    );
  return fact(
    'vulnerable-copies',
    'holds',
    'none-vulnerable',
    `No affected copy of ${advisory} is left: ${listed(before.map(text))} ${before.length === 1 ? 'is' : 'are'} gone.`,
    data,
  );
}

function versionsOf(locks: readonly Lock[], names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const copies = locks.flatMap((lock) => lock.copies);
  return new Map(
    names.map((name) => [name, unique(copies.filter((copy) => copy.name === name && copy.version !== '').map((copy) => copy.version))]),
  );
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
