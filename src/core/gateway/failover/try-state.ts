import type { FailureClass, FailureRule, Repair } from './classify.ts';
import type { Moment } from './next-try.ts';

/** One way to answer a request: a model at an upstream. */
export interface Candidate {
  readonly model: string;
  /** `PROVIDER/NAME`. */
  readonly at: string;
  readonly provider: string;
  /** Tokens of prompt and answer together. */
  readonly window: number;
}

/** How far the tries of one request have come. */
export interface TryState {
  /** In the order of the plan: each model with its upstreams, one after another. */
  readonly candidates: readonly Candidate[];
  readonly current: Candidate;
  /** Tries of each upstream so far, the current one included. */
  readonly tries: Readonly<Record<string, number>>;
  readonly retries: number;
  readonly retriesAllowed: number;
  readonly deadlineAt: number;
  /** When each upstream that failed may be asked again. */
  readonly notBefore: Readonly<Record<string, number>>;
  /** Upstreams that this request is not sent to again. */
  readonly lost: readonly string[];
  readonly cutProviders: readonly string[];
  /** What was changed of the request so far; it stays so. */
  readonly repairs: readonly Repair[];
}

const retriesInAll = 3;
const retriesOfOne = 1;
/** Longer than this nobody waits for an upstream that wants rest: the caller is told when to come back. */
const longestRestMs = 10_000;

/**
 * The state at the first try. What the caller itself tried before counts: both together keep to the same number.
 *
 * @example
 * beginTries(candidates, { first: candidates[0], deadlineAt: now + 600_000, retriesOfCaller: 0 });
 */
export function beginTries(
  candidates: readonly Candidate[],
  { first, deadlineAt, retriesOfCaller }: { readonly first: Candidate; readonly deadlineAt: number; readonly retriesOfCaller: number },
): TryState {
  return {
    candidates,
    current: first,
    tries: { [first.at]: 1 },
    retries: 0,
    retriesAllowed: Math.max(0, retriesInAll - retriesOfCaller),
    deadlineAt,
    notBefore: {},
    lost: [],
    cutProviders: [],
    repairs: [],
  };
}

export function canRetry({ retries, retriesAllowed }: TryState): boolean {
  return retries < retriesAllowed;
}

export function retried(state: TryState, candidate: Candidate): TryState {
  const tries = { ...state.tries, [candidate.at]: (state.tries[candidate.at] ?? 0) + 1 };
  return { ...state, current: candidate, tries, retries: state.retries + 1 };
}

export function waitFor({ notBefore }: TryState, { at }: Candidate, now: number): number {
  return Math.max(0, Math.ceil((notBefore[at] ?? now) - now));
}

/** Where a request may go after a failure, the best first. */
export function optionsAfter(
  state: TryState,
  { rule, failure, restMs }: { readonly failure: FailureClass; readonly rule: FailureRule; readonly restMs: number | null },
  { now, isUsable }: Moment,
): readonly Candidate[] {
  const { candidates, current } = state;
  if (rule.first === 'nothing') return [];
  const open = candidates.filter((candidate) => isOpen(state, candidate, now));
  const here = open.filter(({ at }) => at === current.at);
  if (rule.first === 'repaired') return here;
  const usable = open.filter((candidate) => candidate.at !== current.at && isUsable(candidate));
  if (rule.first === 'larger') return usable.filter(({ window }) => window > current.window);
  const saysWhen = failure !== 'rate' || restMs !== null;
  const fresh = usable.filter(({ at }) => state.tries[at] === undefined);
  const later = candidates.slice(candidates.findIndex(({ model }) => model === current.model)).map(({ model }) => model);
  const tried = [...usable.filter(({ at }) => state.tries[at] !== undefined), ...here];
  return [
    ...(rule.first === 'here' && saysWhen ? here : []),
    ...fresh.filter(({ model }) => model === current.model),
    ...fresh.filter(({ model }) => model !== current.model && later.includes(model)),
    ...tried.toSorted((left, right) => waitFor(state, left, now) - waitFor(state, right, now)),
  ];
}

/** Whether one request may still go to an upstream, as far as its own tries are concerned. */
function isOpen(state: TryState, candidate: Candidate, now: number): boolean {
  const { tries, lost, cutProviders, deadlineAt } = state;
  if (lost.includes(candidate.at) || cutProviders.includes(candidate.provider)) return false;
  const wait = waitFor(state, candidate, now);
  return (tries[candidate.at] ?? 0) <= retriesOfOne && wait <= longestRestMs && now + wait < deadlineAt;
}
