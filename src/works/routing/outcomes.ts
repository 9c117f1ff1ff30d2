import { recordsOf, type ToldOutcomes } from '../../core/gateway/evaluation/record-attempts.ts';
import { workedAttempts, type WorkedAttempt } from '../../core/gateway/routing/learning/worked-attempts.ts';
import type { OutcomeFilter } from '../../core/ports/desks/routing-desk.ts';
import type { RoutingNeeds } from './needs.ts';

/** What attempts of runs came to, oldest first: of all runs of the ledger, one after the other, so that no two need be in memory. */
export async function outcomesOf(
  { line, since }: OutcomeFilter,
  { ledger, sha256 }: Pick<RoutingNeeds, 'ledger' | 'sha256'>,
): Promise<ToldOutcomes> {
  const attempts: WorkedAttempt[] = [];
  for (const { run } of await ledger.runs(line === undefined ? {} : { line })) attempts.push(...workedAttempts(await ledger.read(run)));
  const from = since === undefined ? -Infinity : Date.parse(since);
  const chosen = attempts.filter(({ at }) => Date.parse(at) >= from).toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  return recordsOf(chosen, sha256);
}
