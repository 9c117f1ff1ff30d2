/**
 * Finds the known word that a person most likely meant, or null where none is near.
 *
 * @example
 * nearest('scop', ['scope', 'stages']); // 'scope'
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known.map((candidate) => ({ candidate, steps: distance(word.toLowerCase(), candidate.toLowerCase()) }));
  const [best] = ranked.toSorted((left, right) => left.steps - right.steps);
  const tolerated = Math.max(1, Math.floor(word.length / 3));
  return best !== undefined && best.steps <= tolerated ? best.candidate : null;
}

/**
 * What a person may have meant by a name that is none, as a mend.
 *
 * @example
 * meant('scop', ['scope', 'stages']); // 'Did you mean "scope"?'
 */
export function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean "${near}"?`;
}

/** Letters to add, remove or replace, and neighbours to swap, row by row. */
function distance(left: string, right: string): number {
  const [from, to] = [[...left], [...right]];
  let rows = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (const [i, letter] of from.entries()) {
    const [beforeLast = [], last = []] = rows;
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      const [above = 0, aboveLeft = 0, before = 0] = [last[j + 1], last[j], next[j]];
      const isSwap = letter === to[j - 1] && other === from[i - 1];
      const swapped = isSwap ? (beforeLast[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(above + 1, before + 1, aboveLeft + (letter === other ? 0 : 1), swapped));
    }
    rows = [last, next];
  }
  return rows[1]?.at(-1) ?? 0;
}
