import { allJudgements, judgementsOf, rightIfPassed } from '../../routing/learning/validator.ts';
import { bootstrapAll, type Figure } from '../bootstrap.ts';
import type { EvaluationSettings } from '../evaluate.ts';
import type { KnownJob } from '../learned-policy.ts';
import { sideOf, smoothed, type Drawn, type Pseudo } from '../pseudo-tasks.ts';
import type { Result } from '../replay-plan.ts';
import { exactly, unmetByCount, unmetByRight, unmetBySaving, unmetByWrong, whyNotShown } from '../saving.ts';
import { estimate, tallyOf, type Sample, type Tally } from './doubly-robust.ts';
import { judgementOf, type LoggedRun, type Told } from './logged-runs.ts';
import { overlapOf, type Overlap } from './overlap.ts';

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
  readonly right: Figure;
  readonly wrong: Figure;
  readonly usd: Figure;
  /** Against the best static plan; null where the log cannot speak for that. */
  readonly rightAgainstBest: Figure | null;
  readonly wrongAgainstBest: Figure | null;
  /** Share of the money that is saved against the best static plan, and against always taking the best model. */
  readonly savedAgainstStatic: Figure | null;
  readonly savedAgainstAlwaysBest: Figure | null;
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
  const held = named.map((one): Held => {
    const { take } = one;
    if (take === null) return { ...one, ...asLogged(runs), tallies: tasks.map((some) => asDone(some, settings.assumed.validation)) };
    const samples = new Map(runs.map((run) => [run, sample(run, take(run))]));
    const of = (some: readonly LoggedRun[]): readonly Sample[] => some.flatMap((run) => samples.get(run) ?? []);
    return { ...one, ...overlapOf(of(runs)), tallies: tasks.map((some) => tallyOf(of(some))) };
  });
  const spoken = held
    .filter(({ lacks }) => lacks === null)
    .map((one) => ({ ...one, mean: estimate(one.tallies).usd, weight: Math.max(1, runs.length / one.effective) }));
  const at = (policy: string): number => spoken.findIndex((one) => one.policy === policy);
  const [best, always] = [at('best-static'), at('always-best')];
  const all = bootstrapAll(
    tasks.length,
    (drawn) => {
      const right = rightIfPassed(allJudgements(drawn.tasks.map((place) => judgements[place] ?? none)), settings.assumed.validator);
      const results = spoken.map((one) => ({ ...one, ...withUnjudged(estimate(one.tallies, drawn.tasks), right) }));
      return results.flatMap((own) => figuresOf(own, [results[best], results[always]], drawn));
    },
    settings.seed,
  );
  return held.map(({ policy, plan, effective, lacks }) => {
    const place = at(policy) * width;
    const [right, wrong, usd, rightBest, wrongBest, savedBest, savedAlways] = all.slice(place, place + width);
    if (lacks !== null || right === undefined || wrong === undefined || usd === undefined)
      return { policy, plan, effective, lacks, figures: null };
    const against = (reference: number, figure: Figure | undefined): Figure | null => (reference === -1 ? null : (figure ?? null));
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

interface Held extends NamedLogged, Overlap {
  readonly tallies: readonly Tally[];
}

/** Of what was really done the log tells everything. */
function asLogged(runs: readonly LoggedRun[]): Overlap {
  return { effective: runs.length, lacks: null };
}

/** What a policy comes to by one draw, and what pseudo-tasks go by: the fewer runs tell of it, the more each of them counts for. */
interface Drew extends Result {
  readonly plan: readonly string[] | null;
  /** US dollars of a job by all tasks, and as many tasks each pseudo-task counts for. */
  readonly mean: number;
  readonly weight: number;
}

function figuresOf(own: Drew, [best, always]: readonly [Drew | undefined, Drew | undefined], drawn: Drawn): readonly number[] {
  const { right, wrong, usd } = pairOf(own, own, drawn)[0];
  const [[byBest, ofBest], [byAlways, ofAlways]] = [pairOf(own, best, drawn), pairOf(own, always, drawn)];
  const differences = [byBest.right - ofBest.right, byBest.wrong - ofBest.wrong];
  return [right, wrong, usd, ...differences, saved(byBest.usd, ofBest.usd), saved(byAlways.usd, ofAlways.usd)];
}

/** A policy and what it is held against, with the same pseudo-tasks; of nothing where the log cannot speak for that. */
function pairOf(own: Drew, other: Drew | undefined, drawn: Drawn): readonly [Result, Result] {
  const weight = Math.max(own.weight, other?.weight ?? 1);
  const of = (one: Drew, side: Pseudo['side']): Result => smoothed(one, drawn, { side, usd: one.mean, weight });
  return [of(own, 'judged'), other === undefined ? { right: 0, wrong: 0, usd: 0 } : of(other, sideOf(other, own))];
}

function saved(paid: number, other: number): number {
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
 * Whether the log shows that the router saves money: there are tasks enough to tell, it is cheaper than the best static plan over the whole
 * interval, a loss of more than one point of right results is ruled out, and no more that is wrong is shown to be delivered.
 */
export function loggedSaving(
  policies: readonly JudgedLogged[],
  judgedOn: number,
): {
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
  const few = unmetByCount(judgedOn);
  const unmet = few.length > 0 ? few : [...unmetBySaving(saving), ...unmetByRight(right), ...unmetByWrong(wrong)];
  const isShown = unmet.length === 0;
  const points = `${exactly(right)} points of right and ${exactly(wrong)} of wrong results against it`;
  const verb = isShown ? 'saves' : 'is not shown to save:';
  return {
    saving: isShown ? 'shown' : 'not-shown',
    sentence: `The router ${verb} ${exactly(saving)} % against the best static plan, at ${points}.${whyNotShown(unmet)}`,
  };
}
