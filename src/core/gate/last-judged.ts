import type { RunJudged } from '../ports/desks/routing-desk.ts';
import type { LedgerEvent } from '../evidence/event.ts';

/**
 * What a person said last of the result of a run, or null where nobody said anything.
 *
 * @example
 * lastJudged(await ledger.read(run))?.right; // false: it was reverted
 */
export function lastJudged(events: readonly LedgerEvent[]): RunJudged | null {
  const said = events.flatMap(({ at, body }) => (body.type === 'outcome.judged' ? [{ body, at }] : [])).at(-1);
  if (said === undefined) return null;
  const { right, why, by } = said.body;
  return { right, why, by, at: said.at };
}
