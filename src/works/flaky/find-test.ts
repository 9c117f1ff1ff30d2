import { nearest } from '../../core/base/nearest.ts';
import type { TestRun } from '../inspection/runner/index.ts';

export type FoundTest =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'several'; readonly ids: readonly string[] }
  /** None of those that reported has the name, of which there are so many; `near` are those that may have been meant. */
  | { readonly kind: 'absent'; readonly reported: number; readonly near: readonly string[] }
  /** It did not report, and that does not prove that it is not there. */
  | { readonly kind: 'unseen'; readonly why: string };

/**
 * Finds a test among those that reported at the base: by its id, else by its titles, or the last of them, as long as they
 * fit one.
 *
 * @example
 * findTest('adds', runs); // { kind: 'one', id: 'test/sum.test.js > sum > adds' }
 */
export function findTest(name: string, runs: readonly TestRun[]): FoundTest {
  const ids = [...new Set(runs.flatMap((run) => [...run.results].filter(([, { status }]) => status !== 'crash').map(([id]) => id)))];
  const asked = name.trim().replaceAll(/\s+/g, ' ');
  const titles = titlesIn(runs);
  const fits = fitting(asked, ids, titles);
  const [only] = fits;
  if (only !== undefined) return fits.length === 1 ? { kind: 'one', id: only } : { kind: 'several', ids: fits };
  const hidden = whatHides(runs);
  if (hidden !== null) return { kind: 'unseen', why: hidden };
  return { kind: 'absent', reported: ids.length, near: nearTo(asked, ids, titles) };
}

type Titles = (id: string) => string;

/** What an id is without its file. */
function titlesIn(runs: readonly TestRun[]): Titles {
  const fileOf = new Map(runs.flatMap((run) => [...run.results].map(([id, { file = '' }]) => [id, file] as const)));
  return (id) => {
    const file = fileOf.get(id) ?? '';
    return file !== '' && id.startsWith(`${file} > `) ? id.slice(file.length + 3) : id;
  };
}

/** The most exact way in which any fits decides. */
function fitting(name: string, ids: readonly string[], titles: Titles): readonly string[] {
  const ways: readonly ((id: string) => boolean)[] = [
    (id) => id === name,
    (id) => titles(id) === name,
    (id) => titles(id).endsWith(` > ${name}`),
    // As runners print them: with spaces between the titles.
    (id) => titles(id).replaceAll(' > ', ' ') === name,
  ];
  for (const way of ways) {
    const found = ids.filter(way);
    if (found.length > 0) return found;
  }
  return [];
}

const nearAtMost = 3;

/** Longer names than this are compared by their beginning. */
const comparedLength = 200;

/** Tests that a misspelt name may mean: those that it is a part of, else those that are few letters away. */
function nearTo(name: string, ids: readonly string[], titles: Titles): readonly string[] {
  const [short, lower] = [name.slice(0, comparedLength), name.toLowerCase()];
  const partly = ids.filter((id) => id.toLowerCase().includes(lower)).slice(0, nearAtMost);
  if (partly.length > 0) return partly;
  const spellings: readonly Titles[] = [(id) => id, titles, (id) => titles(id).split(' > ').at(-1) ?? id];
  const near = spellings.flatMap((spelling) => {
    const meant = nearest(short, [...new Set(ids.map((id) => spelling(id).slice(0, comparedLength)))]);
    return meant === null ? [] : ids.filter((id) => spelling(id).slice(0, comparedLength) === meant);
  });
  return [...new Set(near)].slice(0, nearAtMost);
}

/** Why a test may be there though it did not report; null where all that is there did. */
function whatHides(runs: readonly TestRun[]): string | null {
  const cut = runs.find((run) => run.ended !== 'complete');
  if (cut !== undefined) {
    const where = cut.running.length === 0 ? '' : ` in ${cut.running.slice(0, 3).join(', ')}`;
    return cut.ended === 'timed-out' ? `the suite hung${where}` : `the suite did not come to its end${where}`;
  }
  const crash = runs.flatMap((run) => [...run.results]).find(([, { status }]) => status === 'crash');
  if (crash !== undefined) return `${crash[0]} could not be run`;
  const uncovered = runs[0]?.plan.uncovered ?? [];
  return uncovered.length === 0 ? null : `the repository also tests by ${uncovered.join('; ')}, which was not run`;
}
