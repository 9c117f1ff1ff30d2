/**
 * How often something must go well in a row before its rate of failures is below `rate` with a confidence of 95 %:
 * the rule of three. J. A. Hanley and A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983),
 * 1743-1745.
 *
 * @example
 * runsToExclude(0.05); // 60
 */
export function runsToExclude(rate: number): number {
  // 3 / 0.15 is a little more than 20 to a computer.
  return Math.ceil(3 / rate - 1e-9);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The exact interval of a rate that was seen as so many failures in so many runs, with a confidence of 95 % to both sides.
 * C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
 * Biometrika 26 (1934), 404-413. Where all runs ended alike only one side is open, and has
 * the whole 5 %.
 *
 * @example
 * rateInterval(0, 60).high; // 0.0487
 */
export function rateInterval(failures: number, runs: number): Interval {
  if (runs === 0) return { low: 0, high: 1 };
  if (failures === 0) return { low: 0, high: 1 - 0.05 ** (1 / runs) };
  if (failures === runs) return { low: 0.05 ** (1 / runs), high: 1 };
  const atLeast = (rate: number): number => 1 - binomialUpTo(failures - 1, runs, rate);
  const atMost = (rate: number): number => binomialUpTo(failures, runs, rate);
  return { low: crossing((rate) => atLeast(rate) > 0.025), high: crossing((rate) => atMost(rate) < 0.025) };
}

/**
 * The chance that `failures` of `runs` or more fall to one of two samples of one and the same rate: the exact test of R. A.
 * Fisher, to one side. Small where the first sample fails more often than the second for a reason.
 *
 * @example
 * chanceOfMore({ failures: 10, runs: 10 }, { failures: 0, runs: 15 }); // 0.0000003
 */
export function chanceOfMore(sample: Sample, other: Sample): number {
  const failures = sample.failures + other.failures;
  const most = Math.min(failures, sample.runs);
  const all = logChoose(sample.runs + other.runs, failures);
  let chance = 0;
  for (let of = sample.failures; of <= most; of += 1)
    if (failures - of <= other.runs) chance += Math.exp(logChoose(sample.runs, of) + logChoose(other.runs, failures - of) - all);
  return Math.min(1, chance);
}

export interface Sample {
  readonly failures: number;
  readonly runs: number;
}

/**
 * A rate as people write it.
 *
 * @example
 * percent(0.0487); // '4.9 %'
 */
export function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(rate < 0.1 ? 1 : 0))} %`;
}

/** Where a condition that holds from some rate on begins to. */
function crossing(holds: (rate: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

function binomialUpTo(most: number, runs: number, rate: number): number {
  let chance = 0;
  for (let of = 0; of <= most; of += 1) chance += Math.exp(logChoose(runs, of) + of * Math.log(rate) + (runs - of) * Math.log1p(-rate));
  return Math.min(1, chance);
}

function logChoose(all: number, some: number): number {
  let sum = 0;
  for (let at = 1; at <= Math.min(some, all - some); at += 1) sum += Math.log((all - at + 1) / at);
  return sum;
}
