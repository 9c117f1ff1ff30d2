import { allJudgements, judgementsOf, rightIfPassed } from '../../routing/learning/validator.ts';
import { bootstrapAll, type Interval } from '../bootstrap.ts';
import type { EvaluationSettings } from '../evaluate.ts';
import type { KnownJob } from '../learned-policy.ts';
import type { Result } from '../replay-plan.ts';
import { inHundredths, unmetByRight, unmetBySaving, unmetByWrong, whyNotShown } from '../saving.ts';
import { estimate, tallyOf, type Sample, type Tally } from './doubly-robust.ts';
import { judgementOf, type LoggedRun, type Told } from './logged-runs.ts';
import { overlapOf } from './overlap.ts';

/** How one policy did by a log, on the half that nothing was chosen on. */
export interface JudgedLogged {
  readonly policy: string;
  /** The plan, where it is always the same. */
  readonly plan: readonly string[] | null;
  /** As many runs that the policy had drawn itself would tell as much of its first attempts. */
  readonly effective: number;
  /** Why the log cannot speak for it; null where it can. */
  readonly lacks: string | null;
  readonly figures: LoggedFigures | null;
}

export interface LoggedFigures {
  readonly right: Interval;
  readonly wrong: Interval;
  readonly usd: Interval;
  /** Against the best static plan; null where the log cannot speak for that. */
  readonly rightAgainstBest: Interval | null;
  readonly wrongAgainstBest: Interval | null;
  /** Share of the money that is saved against the best static plan, and against always taking the best model. */
  readonly savedAgainstStatic: Interval | null;
  readonly savedAgainstAlwaysBest: Interval | null;
}

export interface NamedLogged {
  readonly policy: string;
  readonly plan: readonly string[] | null;
  /** Null for what was really done. */
  readonly take: ((job: KnownJob) => readonly string[]) | null;
}

/**
 * Estimates what policies come to. All figures are of the same tasks and the same draws of them: runs of one task are drawn together, and
 * what people judged with them. What passed and was judged by nobody is right as often as, by that, such results are.
 */
export function judgeLogged(
  runs: readonly LoggedRun[],
  named: readonly NamedLogged[],
  { sample, settings }: { readonly sample: (run: LoggedRun, plan: readonly string[]) => Sample; readonly settings: EvaluationSettings },
): readonly JudgedLogged[] {
  const tasks = byTask(runs);
  const judgements = tasks.map((some) => judgementsOf(some.flatMap(({ steps }) => steps.map(({ record }) => judgementOf(record)))));
  const none = judgementsOf([]);
  const held = named.map((one) => {
    const { take } = one;
    if (take === null)
      return { ...one, effective: runs.length, lacks: null, tallies: tasks.map((some) => asDone(some, settings.assumed.validation)) };
    const samples = new Map(runs.map((run) => [run, sample(run, take(run))]));
    const of = (some: readonly LoggedRun[]): readonly Sample[] => some.flatMap((run) => samples.get(run) ?? []);
    return { ...one, ...overlapOf(of(runs)), tallies: tasks.map((some) => tallyOf(of(some))) };
  });
  const spoken = held.filter(({ lacks }) => lacks === null);
  const at = (policy: string): number => spoken.findIndex((one) => one.policy === policy);
  const [best, always] = [at('best-static'), at('always-best')];
  const all = bootstrapAll(
    tasks.length,
    (drawn) => {
      const right = rightIfPassed(allJudgements(drawn.map((place) => judgements[place] ?? none)), settings.assumed.validator);
      const results = spoken.map(({ tallies }) => withUnjudged(estimate(tallies, drawn), right));
      return results.flatMap((result) => figuresOf(result, results[best], results[always]));
    },
    settings.seed,
  );
  return held.map(({ policy, plan, effective, lacks }) => {
    const place = at(policy) * width;
    const [right, wrong, usd, rightBest, wrongBest, savedBest, savedAlways] = all.slice(place, place + width);
    if (lacks !== null || right === undefined || wrong === undefined || usd === undefined)
      return { policy, plan, effective, lacks, figures: null };
    const against = (reference: number, interval: Interval | undefined): Interval | null => (reference === -1 ? null : (interval ?? null));
    const figures: LoggedFigures = {
      right,
      wrong,
      usd,
      rightAgainstBest: against(best, rightBest),
      wrongAgainstBest: against(best, wrongBest),
      savedAgainstStatic: against(best, savedBest),
      savedAgainstAlwaysBest: against(always, savedAlways),
    };
    return { policy, plan, effective, lacks, figures };
  });
}

function withUnjudged({ right, wrong, unjudged, usd }: Told, share: number): Result {
  return { right: right + share * unjudged, wrong: wrong + (1 - share) * unjudged, usd };
}

function byTask(runs: readonly LoggedRun[]): readonly (readonly LoggedRun[])[] {
  const tasks = new Map<string, LoggedRun[]>();
  for (const run of runs) tasks.set(run.task, [...(tasks.get(run.task) ?? []), run]);
  return [...tasks.values()];
}

const width = 7;

function figuresOf({ right, wrong, usd }: Result, best: Result | undefined, always: Result | undefined): readonly number[] {
  return [right, wrong, usd, right - (best?.right ?? 0), wrong - (best?.wrong ?? 0), saved(usd, best?.usd), saved(usd, always?.usd)];
}

function saved(paid: number, other = 0): number {
  return other === 0 ? 0 : 1 - paid / other;
}

/** What runs really came to, up to the end of their plans. */
function asDone(runs: readonly LoggedRun[], validation: number): Tally {
  const expected = { right: 0, wrong: 0, unjudged: 0, usd: 0 };
  for (const { right, wrong, unjudged, usd } of runs.flatMap(({ steps }) => steps)) {
    expected.right += right;
    expected.wrong += wrong;
    expected.unjudged += unjudged;
    expected.usd += usd + validation;
  }
  return { count: runs.length, expected, steps: [] };
}

/**
 * Whether the log shows that the router saves money: it is cheaper than the best static plan over the whole interval, a loss of more than
 * one point of right results is ruled out, and no more that is wrong is shown to be delivered.
 */
export function loggedSaving(policies: readonly JudgedLogged[]): {
  readonly saving: 'shown' | 'not-shown' | 'cannot-tell';
  readonly sentence: string;
} {
  const of = (name: string): JudgedLogged | undefined => policies.find(({ policy }) => policy === name);
  const [router, best] = [of('router'), of('best-static')];
  const { savedAgainstStatic: saving, rightAgainstBest: right, wrongAgainstBest: wrong } = router?.figures ?? {};
  if (saving == null || right == null || wrong == null) {
    const who = router?.figures == null ? 'the router' : 'the best static plan';
    return { saving: 'cannot-tell', sentence: `The log cannot speak for ${who}. ${(router?.lacks ?? best?.lacks ?? '').trim()}`.trim() };
  }
  const unmet = [...unmetBySaving(saving), ...unmetByRight(right), ...unmetByWrong(wrong)];
  const isShown = unmet.length === 0;
  const points = `${inHundredths(right)} points of right and ${inHundredths(wrong)} of wrong results against it`;
  const verb = isShown ? 'saves' : 'is not shown to save:';
  return {
    saving: isShown ? 'shown' : 'not-shown',
    sentence: `The router ${verb} ${inHundredths(saving)} % against the best static plan, at ${points}.${whyNotShown(unmet)}`,
  };
}
