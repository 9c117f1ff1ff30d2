import type { Result } from './replay-plan.ts';

/**
 * The static plans that no mix of others beats: of each quality the cheapest, from the cheapest plan up to the best. A mix of two of
 * them at random needs no router, so this is the line to beat.
 */
export function hullOf<P extends Result>(plans: readonly P[]): readonly P[] {
  const byCost = plans.toSorted((left, right) => left.usd - right.usd || right.right - left.right);
  const hull: P[] = [];
  for (const plan of byCost) {
    if (plan.right <= (hull.at(-1)?.right ?? -1)) continue;
    while (hull.length >= 2 && liesBelow(hull[hull.length - 2], hull[hull.length - 1], plan)) hull.pop();
    hull.push(plan);
  }
  return hull;
}

/** Whether a mix of two plans does better than the one between them. */
function liesBelow(before: Result | undefined, between: Result | undefined, after: Result): boolean {
  if (before === undefined || between === undefined) return false;
  return (between.right - before.right) * (after.usd - before.usd) <= (after.right - before.right) * (between.usd - before.usd);
}

/** What the hull of some plans pays for a quality: nothing is free, a mix lies between two plans; null beyond the best plan. */
export function hullCost(plans: readonly Result[], quality: number): number | null {
  const points = hullOf([{ right: 0, wrong: 0, usd: 0 }, ...plans]);
  for (const [at, point] of points.entries()) {
    if (point.right < quality) continue;
    const before = points[at - 1];
    if (before === undefined || point.right === before.right) return point.usd;
    return before.usd + ((quality - before.right) / (point.right - before.right)) * (point.usd - before.usd);
  }
  return null;
}
