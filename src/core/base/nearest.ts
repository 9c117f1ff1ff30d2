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

/** Levenshtein distance, row by row. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (const [i, from] of [...left].entries()) {
    const next = [i + 1];
    for (const [j, to] of [...right].entries()) {
      const [above = 0, aboveLeft = 0, before = 0] = [row[j + 1], row[j], next[j]];
      next.push(Math.min(above + 1, before + 1, aboveLeft + (from === to ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
