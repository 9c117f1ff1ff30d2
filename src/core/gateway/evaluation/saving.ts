import type { Interval } from './bootstrap.ts';
import type { Evaluation, Judged } from './evaluate.ts';

/**
 * Whether a policy is shown to save money: the whole interval of what it saves against static plans of its quality lies above nothing,
 * and it is not shown to deliver more that is wrong. Told with what it does to quality, and whether a loss of a point is ruled out.
 */
export function savingOf(router: Judged | undefined): Pick<Evaluation, 'saving' | 'sentence'> {
  if (router === undefined) return { saving: 'not-shown', sentence: '' };
  const { savedAgainstHull: saved, rightAgainstBest: right, wrongAgainstBest: wrong } = router;
  const saving = saved.low > 0 && wrong.low <= 0 ? 'shown' : 'not-shown';
  const verb = saving === 'shown' ? 'saves' : 'is not shown to save:';
  const points = `${inHundredths(right)} points of right and ${inHundredths(wrong)} of wrong results against the best static plan`;
  const loss = right.low >= -0.01 ? 'is ruled out' : 'is not ruled out';
  const sentence = `The router ${verb} ${inHundredths(saved)} % against static plans of the same quality, at ${points}; a loss of more than one point of right results ${loss}.`;
  return { saving, sentence };
}

/** As '12.3 (10.1 to 14.4)'. */
export function inHundredths({ value, low, high }: Interval): string {
  const [middle, from, to] = [value, low, high].map((share) => (share * 100).toFixed(1).replace(/^-0\.0$/, '0.0'));
  return `${middle} (${from} to ${to})`;
}
