import type { RunState } from '../../../../core/line/state.ts';

/** What was objected to in earlier attempts and what people said at gates, oldest first. */
export function feedbackOf({ reworks, notes }: RunState): readonly string[] {
  const objections = reworks.map(({ from, objection }) => `${from}: ${objection}`);
  // A rejection's note is in its objection already.
  return [...objections, ...notes.filter((said) => !objections.some((objection) => objection.includes(said)))];
}
