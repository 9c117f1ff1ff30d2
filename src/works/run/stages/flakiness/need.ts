import type { RepetitionMode } from '../../../../core/line/repetition.ts';
import type { Line } from '../../../../core/line/line.ts';
import { testIn, type TallyEnd } from '../../../flaky/index.ts';
import { tallyOf, type Frame } from './frame.ts';

export interface Needless {
  readonly end: Extract<TallyEnd, 'not-asked' | 'no-need'>;
  readonly why: string;
}

/** Why a mode need not be run at all; null where it must. */
export function needless(mode: RepetitionMode, frame: Frame): Needless | null {
  if (!frame.seed.modes.includes(mode)) return { end: 'not-asked', why: 'it was not asked for' };
  if (mode !== 'file' && mode !== 'alone') {
    const broken = mode === 'suite' ? null : alwaysFailing(frame);
    return broken === null ? null : { end: 'no-need', why: 'the test fails each time in the suite' };
  }
  return frame.subjects.length === 0 ? { end: 'no-need', why: 'no test changed its outcome' } : null;
}

/** How often the named test failed in a row as the repository runs it; null where it passed, too. */
export function alwaysFailing(frame: Frame): number | null {
  const suite = tallyOf(frame, 'suite');
  const test = frame.named === null || suite === null ? null : testIn(suite, frame.named);
  if (test === null || test.runs === 0 || test.runs + frame.baseline.length < 3 || test.failures < test.runs) return null;
  const passed = frame.baseline.some((run) => run.results.get(frame.named ?? '')?.status === 'pass');
  return passed ? null : test.runs;
}

/** The part of the time that this mode may take: what is left, shared among those that are still to come. */
export function allowanceMs(line: Line, mode: RepetitionMode, { seed, tallies }: Frame): number {
  const spent = tallies.reduce((sum, tally) => sum + tally.spentMs, 0);
  const asked = line.stages.flatMap((stage) => (stage.mode !== undefined && seed.modes.includes(stage.mode) ? [stage.mode] : []));
  const left = asked.filter((other) => other === mode || !tallies.some((tally) => tally.mode === other));
  return Math.max(0, seed.budgetMs - spent) / Math.max(1, left.length);
}

/** Why the runs of these tests are over, taken together. */
export function endOf(ends: readonly (TallyEnd | null)[]): TallyEnd {
  if (ends.length > 0 && ends.every((end) => end === 'not-possible')) return 'not-possible';
  return ends.includes('enough') ? 'enough' : 'all';
}
