import { classify, failureRules, type FailureClass, type FailureRule, type Repair } from './classify.ts';
import type { Outcome } from './outcome.ts';
import { canRetry, optionsAfter, retried, type Candidate, type TryState, waitFor } from './try-state.ts';

/** What to take down of an upstream. */
export interface Mark {
  readonly kind: NonNullable<FailureRule['mark']>;
  readonly at: Candidate;
  /** How long it wants to be left alone, as far as it said. */
  readonly restMs: number | null;
}

export type Next =
  /** Let the answer through; from here on nobody else's text may follow. */
  | { readonly kind: 'flow' }
  | {
      readonly kind: 'try';
      readonly candidate: Candidate;
      readonly waitMs: number;
      readonly repairs: readonly Repair[];
      readonly state: TryState;
      readonly mark: Mark | null;
    }
  | {
      readonly kind: 'stop';
      /** Whether the caller should ask again; a well-formed error of its protocol says so. */
      readonly retryable: boolean;
      readonly status: number;
      readonly retryAfterMs: number | null;
      /** What happened, in words for people and agents, without a word of what the provider wrote. */
      readonly sentence: string;
      readonly mark: Mark | null;
    };

/** What the moment brings. */
export interface Moment {
  /** Milliseconds, by the clock of the deadline. */
  readonly now: number;
  /** From 0 to 1: spreads waits, so that not all come back at once. */
  readonly chance: number;
  /** Whether an upstream may be asked now, as its health, its limits and the owner's cuts have it. */
  readonly isUsable: (candidate: Candidate) => boolean;
}

/**
 * What follows from a try: let it through, try again here or elsewhere, or stop. The only place that decides on retries:
 * at most one for each upstream, three in all, within the deadline.
 *
 * @example
 * nextTry(state, { kind: 'unreachable' }, { now, chance: 0.5, isUsable }); // { kind: 'try', candidate: …, waitMs: 0, … }
 */
export function nextTry(state: TryState, outcome: Outcome, moment: Moment): Next {
  const failure = classify(outcome);
  if (failure === null) return { kind: 'flow' };
  const rule = failureRules[failure];
  const restMs = outcome.kind === 'refused' ? outcome.retryAfterMs : null;
  const mark: Mark | null = rule.mark === null ? null : { kind: rule.mark, at: state.current, restMs };
  const failed = afterFailure(state, { failure, rule, restMs }, moment);
  const [candidate] = canRetry(state) ? optionsAfter(failed, { failure, rule, restMs }, moment) : [];
  if (candidate === undefined) return { kind: 'stop', ...ending(state, { failure, rule, restMs }, outcome), mark };
  const next = retried(failed, candidate);
  return { kind: 'try', candidate, waitMs: waitFor(failed, candidate, moment.now), repairs: next.repairs, state: next, mark };
}

interface Failure {
  readonly failure: FailureClass;
  readonly rule: FailureRule;
  readonly restMs: number | null;
}

const shortestWaitMs = 500;

function afterFailure(state: TryState, { rule, restMs }: Failure, { now, chance }: Moment): TryState {
  const { current, repairs, notBefore, lost, cutProviders } = state;
  const backoff = shortestWaitMs * 2 ** state.retries * (0.5 + chance / 2);
  const isRepaired = rule.repair !== undefined && repairs.includes(rule.repair);
  return {
    ...state,
    notBefore: { ...notBefore, [current.at]: now + (restMs ?? (rule.first === 'repaired' ? 0 : backoff)) },
    lost: rule.again && !isRepaired ? lost : [...lost, current.at],
    cutProviders: rule.mark === 'provider-cut' ? [...cutProviders, current.provider] : cutProviders,
    repairs: rule.repair === undefined || isRepaired ? repairs : [...repairs, rule.repair],
  };
}

function ending(
  { current }: TryState,
  { failure, rule, restMs }: Failure,
  outcome: Outcome,
): Omit<Extract<Next, { kind: 'stop' }>, 'kind' | 'mark'> {
  const { status, retryable, says } = rule;
  const told = toldOf(outcome);
  const left = failure === 'request' || failure === 'left' || failure === 'broken-off' ? '' : ', and no other way is left';
  const advice = retryable ? ' Ask again.' : '';
  return { status, retryable, retryAfterMs: retryable ? restMs : null, sentence: `${current.provider} ${says}${told}${left}.${advice}` };
}

function toldOf(outcome: Outcome): string {
  if (outcome.kind === 'refused')
    return outcome.isWithin === true ? ' (it said so in an answer that began with 200)' : ` (it answered ${outcome.status})`;
  return outcome.kind === 'unreachable' && outcome.why !== null ? ` (${outcome.why})` : '';
}
