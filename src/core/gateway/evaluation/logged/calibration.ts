import type { OutcomeRecord } from '../outcome-record.ts';

/** How well chances that were told beforehand fit what came of them. */
export interface Calibration {
  readonly attempts: number;
  /** Mean of squared differences: 0 is perfect, a quarter is what a coin gives. */
  readonly brier: number;
  /** The same for always saying the share that came. */
  readonly brierOfShare: number;
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly attempts: number;
    readonly said: number;
    readonly came: number;
  }[];
}

const binCount = 5;

/**
 * Holds chances against outcomes, of first attempts alone: later ones are made at jobs at which others failed. Null where no chance is told.
 *
 * @example
 * calibrationOf(records)?.brier; // 0.19
 */
export function calibrationOf(records: readonly OutcomeRecord[]): Calibration | null {
  const told = records.flatMap(({ chance, right, attempt = 1 }) =>
    chance === undefined || attempt > 1 ? [] : [{ chance, came: right ? 1 : 0 }],
  );
  if (told.length === 0) return null;
  const share = mean(told.map(({ came }) => came));
  const bins = Array.from({ length: binCount }, (_, at) => {
    const some = told.filter(({ chance }) => Math.min(binCount - 1, Math.floor(chance * binCount)) === at);
    const [said, came] = [mean(some.map(({ chance }) => chance)), mean(some.map((one) => one.came))];
    return { from: at / binCount, to: (at + 1) / binCount, attempts: some.length, said, came };
  });
  return {
    attempts: told.length,
    brier: mean(told.map(({ chance, came }) => (chance - came) ** 2)),
    brierOfShare: mean(told.map(({ came }) => (share - came) ** 2)),
    bins: bins.filter(({ attempts }) => attempts > 0),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
