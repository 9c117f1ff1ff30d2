import type { TestRun } from '../inspection/runner/index.ts';

export type FoundTest =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'several'; readonly ids: readonly string[] }
  | { readonly kind: 'absent'; readonly proof: readonly string[] }
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
  const fits = fitting(name.trim().replaceAll(/\s+/g, ' '), ids, runs);
  const [only] = fits;
  if (only !== undefined) return fits.length === 1 ? { kind: 'one', id: only } : { kind: 'several', ids: fits };
  const hidden = whatHides(runs);
  if (hidden !== null) return { kind: 'unseen', why: hidden };
  const counted = runs.map((run, index) => `run ${index + 1} of the suite at the base came to its end with ${run.results.size} ids`);
  return { kind: 'absent', proof: [...counted, `none of them is "${name}" or has these titles`] };
}

/** The most exact way in which any fits decides. */
function fitting(name: string, ids: readonly string[], runs: readonly TestRun[]): readonly string[] {
  const fileOf = new Map(runs.flatMap((run) => [...run.results].map(([id, { file = '' }]) => [id, file] as const)));
  const titles = (id: string): string => {
    const file = fileOf.get(id) ?? '';
    return file !== '' && id.startsWith(`${file} > `) ? id.slice(file.length + 3) : id;
  };
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
