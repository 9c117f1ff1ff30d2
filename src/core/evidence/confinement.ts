import { z } from 'zod';
import type { Where } from './where.ts';

/** How far the commands of a run were confined, and what may rest on that. */
export const Confinement = z.strictObject({
  /** The least tier that any stage ran at. */
  least: z.string(),
  /** False where commands of the repository ran with the user's rights: then no machine may merge what came of it by itself. */
  mayMergeAlone: z.boolean(),
});
export type Confinement = z.infer<typeof Confinement>;

/** Tiers at which what a test suite said was out of the reach of what it tested, but for the suite itself. */
const walled: ReadonlySet<string> = new Set(['T2', 'T3', 'T4']);

/**
 * What the places of a run's stages come to; null where none of them was recorded with its wall, as before 0.3. A stage
 * that could not be begun says nothing.
 *
 * @example
 * confinementOf([{ ...where, tier: 'T0', wall: 'none' }]); // { least: 'T0', mayMergeAlone: false }
 */
export function confinementOf(places: readonly Where[]): Confinement | null {
  const told = places.filter(({ wall }) => wall !== undefined).map(({ tier }) => tier);
  const least = told.toSorted()[0];
  return least === undefined ? null : { least, mayMergeAlone: told.every((tier) => walled.has(tier)) };
}
