import type { Sha256 } from '../../base/ids.ts';
import type { WorkedAttempt } from '../routing/learning/worked-attempts.ts';
import type { OutcomeRecord } from './outcome-record.ts';

/** What a ledger tells of attempts, and how many of them say nothing. */
export interface ToldOutcomes {
  readonly records: readonly OutcomeRecord[];
  readonly leftOut: {
    /** They broke off, or were flaky: nothing is known of the work. */
    readonly undecided: number;
    /** Nobody knows what they cost. */
    readonly unpriced: number;
  };
}

/**
 * What attempts of a ledger came to, as records of outcomes, in the order given. Only those that end in a verdict on the work, and whose
 * cost is known, can be judged by. A plan is left unsaid where a person chose it, for no policy took it, where not all of its attempts
 * are told, and where none was chosen and several models answered. Where one alone answered, the plan is that one, and it was sure.
 *
 * @example
 * recordsOf(workedAttempts(events), sha256).records.map((record) => JSON.stringify(record)).join('\n');
 */
export function recordsOf(attempts: readonly WorkedAttempt[], sha256: Sha256): ToldOutcomes {
  const decided = attempts.filter(({ ended }) => ended === 'verdict');
  const unpriced = decided.filter(({ usd }) => usd === null);
  const torn = new Set(unpriced.map(placeOf));
  const trials = new Map<string, number>();
  const records = decided.flatMap((one): OutcomeRecord[] => {
    if (one.usd === null) return [];
    const task = `${one.line}/${sha256(one.job).slice(0, 16)}`;
    const trial = (trials.get(`${task} ${one.model}`) ?? 0) + 1;
    trials.set(`${task} ${one.model}`, trial);
    return [recordOf(one, { task, trial, usd: one.usd, isWhole: one.isWhole && !torn.has(placeOf(one)) })];
  });
  return { records, leftOut: { undecided: attempts.length - decided.length, unpriced: unpriced.length } };
}

function placeOf({ run, stage }: WorkedAttempt): string {
  return `${run} ${stage}`;
}

interface Told {
  readonly task: string;
  readonly trial: number;
  readonly usd: number;
  readonly isWhole: boolean;
}

function recordOf(one: WorkedAttempt, { isWhole, ...told }: Told): OutcomeRecord {
  const { model, right, passed, line, repository, difficulty, judged, run, at, attempt, validation } = one;
  return {
    ...told,
    model,
    right,
    ...(passed !== null && { passed }),
    line,
    repository,
    ...(difficulty !== null && { difficulty }),
    by: judged === null ? 'validation' : 'person',
    run,
    at,
    attempt,
    ...routePart(one, isWhole),
    ...(validation !== null && { validationMs: validation.ms }),
  };
}

function routePart(
  { route, model, isOverride, isSure }: WorkedAttempt,
  isWhole: boolean,
): Pick<OutcomeRecord, 'plan' | 'propensity' | 'prefixes' | 'chance' | 'features'> {
  if (route === null) return isSure && isWhole ? { plan: [model], propensity: 1, prefixes: [1] } : {};
  const chance = route.chances[model]?.solves;
  const seen = { features: { ...route.features }, ...(chance !== undefined && { chance }) };
  if (!isWhole || isOverride || route.plan === null || route.propensity === null) return seen;
  const { plan, propensity, prefixes } = route;
  return { ...seen, plan: [...plan], propensity, ...(prefixes !== undefined && { prefixes: [...prefixes] }) };
}
