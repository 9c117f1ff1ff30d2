import type { Interval } from './bootstrap.ts';
import type { Evaluation, Judged } from './evaluate.ts';

/**
 * Whether a policy is shown to save money: the whole interval of what it saves against static plans of its quality lies above nothing,
 * and it is not shown to deliver more that is wrong. Told with what it does to quality, whether a loss of a point is ruled out, and which
 * condition does not hold.
 */
export function savingOf(router: Judged | undefined): Pick<Evaluation, 'saving' | 'sentence'> {
  if (router === undefined) return { saving: 'not-shown', sentence: '' };
  const { savedAgainstHull: saved, rightAgainstBest: right, wrongAgainstBest: wrong } = router;
  const unmet = [...unmetBySaving(saved), ...unmetByWrong(wrong)];
  const saving = unmet.length === 0 ? 'shown' : 'not-shown';
  const verb = saving === 'shown' ? 'saves' : 'is not shown to save:';
  const points = `${inHundredths(right)} points of right and ${inHundredths(wrong)} of wrong results against the best static plan`;
  const loss = right.low >= -0.01 ? 'is ruled out' : 'is not ruled out';
  const sentence = `The router ${verb} ${inHundredths(saved)} % against static plans of the same quality, at ${points}; a loss of more than one point of right results ${loss}.${whyNotShown(unmet)}`;
  return { saving, sentence };
}

/** Conditions of a saving that do not hold, each with its figures: none where it is met. */
export function unmetBySaving(saved: Interval): readonly string[] {
  return saved.low > 0 ? [] : [`what it saves, ${inHundredths(saved)} %, does not lie above 0 over the whole interval`];
}

export function unmetByRight(right: Interval): readonly string[] {
  return right.low >= -0.01 ? [] : [`a loss of more than one point of right results is not ruled out, at ${inHundredths(right)} points`];
}

export function unmetByWrong(wrong: Interval): readonly string[] {
  const figures = inHundredths(wrong);
  return wrong.low <= 0 ? [] : [`it delivers more that is wrong, ${figures} points: the interval does not reach down to 0`];
}

/** A sentence that follows others; nothing where all conditions hold. */
export function whyNotShown(unmet: readonly string[]): string {
  return unmet.length === 0 ? '' : ` It is not shown because ${unmet.join('; and because ')}.`;
}

/** As '12.3 (10.1 to 14.4)'. */
export function inHundredths({ value, low, high }: Interval): string {
  const [middle, from, to] = [value, low, high].map((share) => (share * 100).toFixed(1).replace(/^-0\.0$/, '0.0'));
  return `${middle} (${from} to ${to})`;
}
