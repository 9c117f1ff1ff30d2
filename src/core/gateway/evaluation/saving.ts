import { fewestTasks, type Figure } from './bootstrap.ts';
import type { Evaluation, Judged } from './evaluate.ts';

/**
 * Whether a policy is shown to save money: there are tasks enough to tell, the whole interval of what it saves against static plans of its
 * quality lies above nothing, and it is not shown to deliver more that is wrong. Told with what it does to quality, whether a loss of a point
 * is ruled out, and which condition does not hold.
 */
export function savingOf(router: Judged | undefined, judgedOn: number): Pick<Evaluation, 'saving' | 'sentence'> {
  if (router === undefined) return { saving: 'not-shown', sentence: '' };
  const { savedAgainstHull: saved, rightAgainstBest: right, wrongAgainstBest: wrong } = router;
  const few = unmetByCount(judgedOn);
  const unmet = few.length > 0 ? few : [...unmetBySaving(saved), ...unmetByWrong(wrong)];
  const saving = unmet.length === 0 ? 'shown' : 'not-shown';
  const verb = saving === 'shown' ? 'saves' : 'is not shown to save:';
  const points = `${exactly(right)} points of right and ${exactly(wrong)} of wrong results against the best static plan`;
  const loss = unmetByRight(right).length === 0 ? 'is ruled out' : 'is not ruled out';
  const sentence = `The router ${verb} ${exactly(saved)} % against static plans of the same quality, at ${points}; a loss of more than one point of right results ${loss}.${whyNotShown(unmet)}`;
  return { saving, sentence };
}

const greatestLoss = -0.01;
/** Half of the last digit that is ever told; what lies nearer to a bound lies on it. */
const leastTold = 0.000_005;

/** Conditions of a saving that do not hold, each with its figures: none where it is met. */
export function unmetByCount(judgedOn: number): readonly string[] {
  return judgedOn >= fewestTasks ? [] : [tooFewTasks(judgedOn)];
}

export function unmetBySaving(saved: Figure): readonly string[] {
  if (saved.low !== null && saved.low > leastTold) return [];
  return [`what it saves, ${exactly(saved)} %, does not lie above 0 over the whole interval`];
}

export function unmetByRight(right: Figure): readonly string[] {
  if (right.low !== null && right.low >= greatestLoss - leastTold) return [];
  return [`a loss of more than one point of right results is not ruled out, at ${exactly(right)} points`];
}

export function unmetByWrong(wrong: Figure): readonly string[] {
  if (wrong.low === null || wrong.low <= leastTold) return [];
  return [`it delivers more that is wrong, ${exactly(wrong)} points: the interval does not reach down to 0`];
}

/** A sentence that follows others; nothing where all conditions hold. */
export function whyNotShown(unmet: readonly string[]): string {
  return unmet.length === 0 ? '' : ` It is not shown because ${unmet.join('; and because ')}.`;
}

/** Why no interval is told. */
function tooFewTasks(judgedOn: number): string {
  return `${judgedOn === 1 ? 'only 1 task was' : `only ${judgedOn} tasks were`} left to judge on, and ${fewestTasks} are needed to tell an interval`;
}

/** As '12.3 (10.1 to 14.4)', or '12.3' where there is no interval. */
export function inHundredths({ value, low, high }: Figure, digits = 1): string {
  const of = (share: number): string => (share * 100).toFixed(digits).replace(/^-(0\.0+)$/, '$1');
  return low === null ? of(value) : `${of(value)} (${of(low)} to ${of(high)})`;
}

/** With as many digits as it takes to see on which side of a bound an interval begins. */
export function exactly(figure: Figure): string {
  const { low } = figure;
  const looksAlike = (bound: number): boolean =>
    low !== null && Math.abs(low - bound) > leastTold && (low * 100).toFixed(1) === (bound * 100).toFixed(1);
  return inHundredths(figure, [0, greatestLoss].some(looksAlike) ? 3 : 1);
}
