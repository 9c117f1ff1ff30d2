import type { Sample } from './doubly-robust.ts';

/** How much a log tells of a policy. */
export interface Overlap {
  /** As many runs drawn at random by the policy itself would tell as much of its first attempts. */
  readonly effective: number;
  /** Why the log says too little of it; null where it says enough. */
  readonly lacks: string | null;
}

/** Effective runs that are needed: of first attempts, and of each later one that is reached at all. */
const enough = { first: 20, later: 5 };
/** Where fewer jobs get so far, what is expected is good enough. */
const hardlyReached = 0.02;

/**
 * Whether a log can speak for a policy: its plans must have had a chance in the log, at every attempt that jobs get to, and often enough.
 * An estimate without that is what was expected beforehand in other words, and is not to be had. `times` asks for more than is enough.
 */
export function overlapOf(samples: readonly Sample[], times = 1): Overlap {
  const needed = { first: times * enough.first, later: times * enough.later };
  const first = effectiveOf(samples.map(({ steps }) => steps[0]?.weight ?? 0));
  if (first < needed.first) return { effective: first, lacks: tooFew(first, samples.length, 'begins as its plans do', needed.first) };
  const covered = mean(samples.map(({ steps }) => steps[0]?.weight ?? 0));
  if (!isCovered(covered)) return { effective: first, lacks: uncovered(covered, 1) };
  const depth = Math.max(...samples.map(({ steps }) => steps.length));
  const lacks = Array.from({ length: depth - 1 }, (_, at) => lacksAt(samples, at + 1, needed.later)).find((why) => why !== null);
  return { effective: first, lacks: lacks ?? null };
}

function lacksAt(samples: readonly Sample[], at: number, needed: number): string | null {
  const come = samples.flatMap(({ steps }) => {
    const [before, here] = [steps[at - 1], steps[at]];
    const goesOn = before?.isReached === true && before.goesOn && before.weight > 0;
    return goesOn && here !== undefined ? [{ before: before.weight, here: here.weight }] : [];
  });
  const weight = come.reduce((sum, { before }) => sum + before, 0);
  if (weight < hardlyReached * samples.length) return null;
  const effective = effectiveOf(come.map(({ here }) => here));
  if (effective < needed) return tooFew(effective, come.length, `goes on as its plans do at attempt ${at + 1}`, needed);
  const covered = come.reduce((sum, { here }) => sum + here, 0) / weight;
  return isCovered(covered) ? null : uncovered(covered, at + 1);
}

function isCovered(covered: number): boolean {
  return covered >= 0.5 && covered <= 2;
}

function effectiveOf(weights: readonly number[]): number {
  const [sum, squares] = [weights.reduce((all, one) => all + one, 0), weights.reduce((all, one) => all + one * one, 0)];
  return squares === 0 ? 0 : (sum * sum) / squares;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function tooFew(effective: number, of: number, what: string, least: number): string {
  return `Of ${of} runs what ${what} counts for ${effective.toFixed(1)}, and ${least} are needed.`;
}

function uncovered(covered: number, attempt: number): string {
  return `At attempt ${attempt} its plans had a chance in about ${Math.round(covered * 100)} % of the runs alone, and the log says nothing of the others.`;
}
