import type { Result } from '../replay-plan.ts';
import type { LoggedRun, Told } from './logged-runs.ts';

/** What one logged run tells of a plan: what is expected of it, and how far what was seen lies from that, step by step. */
export interface Sample {
  readonly expected: Result;
  readonly steps: readonly SampledStep[];
}

interface SampledStep {
  /** One through how likely a plan was that begins as both do; 0 where they part before. */
  readonly weight: number;
  /** Whether the plan that was logged came so far, as far as the two are alike. */
  readonly isReached: boolean;
  /** Whether another attempt could follow it. */
  readonly goesOn: boolean;
  readonly beyond: Told;
}

/**
 * Holds a logged run against a plan that a policy would have taken in its place. `outlook` is what is expected of that plan from each of
 * its attempts on, as `outlookOf` gives it. A run tells of every plan that begins as its own did, up to where they part.
 */
export function sampleOf(run: LoggedRun, plan: readonly string[], outlook: readonly Result[]): Sample {
  const steps = plan.map((_, at): SampledStep => {
    const seen = run.steps[at];
    const weight = weightAt(run, plan, at);
    if (seen === undefined || (at > 0 && weightAt(run, plan, at - 1) === 0))
      return { weight, isReached: false, goesOn: false, beyond: nothing };
    // Where the line took no more work back, nothing followed, whatever the plan had left.
    const isCutShort = at === run.steps.length - 1 && at < run.plan.length - 1;
    const goesOn = seen.isRefused && !isCutShort;
    const next = goesOn ? (outlook[at + 1] ?? nothing) : nothing;
    return { weight, isReached: true, goesOn, beyond: difference(seen, next, outlook[at] ?? nothing) };
  });
  return { expected: outlook[0] ?? nothing, steps };
}

const nothing: Told = { right: 0, wrong: 0, unjudged: 0, usd: 0 };

/** What is expected knows right from wrong; what nobody judged is kept apart from both. */
function difference(seen: Told, next: Result, expected: Result): Told {
  const of = (figure: keyof Result): number => seen[figure] + next[figure] - expected[figure];
  return { right: of('right'), wrong: of('wrong'), unjudged: seen.unjudged, usd: of('usd') };
}

function weightAt({ plan: logged, propensity, prefixes }: LoggedRun, plan: readonly string[], at: number): number {
  if (prefixes === null) return logged.length === plan.length && logged.every((model, place) => model === plan[place]) ? 1 / propensity : 0;
  const isAlike = plan.slice(0, at + 1).every((model, place) => model === logged[place]);
  return isAlike ? 1 / (prefixes[at] ?? propensity) : 0;
}

/** Samples added up, so that many draws of them are cheap. */
export interface Tally {
  readonly count: number;
  readonly expected: Told;
  readonly steps: readonly { readonly weight: number; readonly beyond: Told }[];
}

export function tallyOf(samples: readonly Sample[]): Tally {
  const expected = zero();
  const steps: { weight: number; readonly beyond: Sum }[] = [];
  for (const sample of samples) {
    add(expected, { ...sample.expected, unjudged: 0 }, 1);
    for (const [at, { weight, beyond }] of sample.steps.entries()) {
      const step = steps[at] ?? { weight: 0, beyond: zero() };
      step.weight += weight;
      add(step.beyond, beyond, weight);
      steps[at] = step;
    }
  }
  return { count: samples.length, expected, steps };
}

/**
 * What a policy comes to, from what is expected of it and from how far logged runs lie from that, weighed by how likely it was to see
 * them. It is right where either is: where what is expected is wrong, weights mend it (doubly robust). Weights are scaled to add up to
 * as many runs as there are (self-normalised), which keeps a few rare runs from deciding everything. Of some positions each counts as
 * often as it is named.
 *
 * @example
 * estimate([tallyOf(samples)]).right; // 0.71
 */
export function estimate(tallies: readonly Tally[], positions: readonly number[] = [...tallies.keys()]): Told {
  const [expected, weights, beyond] = [zero(), [] as number[], [] as Sum[]];
  let count = 0;
  // Drawn a thousand times: no list is made on the way.
  for (const position of positions) {
    const tally = tallies[position];
    if (tally === undefined) continue;
    count += tally.count;
    add(expected, tally.expected, 1);
    for (let at = 0; at < tally.steps.length; at += 1) {
      const step = tally.steps[at];
      if (step === undefined) continue;
      weights[at] = (weights[at] ?? 0) + step.weight;
      add((beyond[at] ??= zero()), step.beyond, 1);
    }
  }
  const found = zero();
  add(found, expected, 1 / Math.max(1, count));
  for (const [at, weight] of weights.entries()) if (weight > 0) add(found, beyond[at] ?? zero(), 1 / weight);
  return found;
}

type Sum = { -readonly [Figure in keyof Told]: number };

function zero(): Sum {
  return { right: 0, wrong: 0, unjudged: 0, usd: 0 };
}

function add(sum: Sum, { right, wrong, unjudged, usd }: Told, times: number): void {
  sum.unjudged += unjudged * times;
  sum.right += right * times;
  sum.wrong += wrong * times;
  sum.usd += usd * times;
}
