import type { BlobRef } from '../../../../core/evidence/fact.ts';
import { percent, rateInterval } from '../../../../core/statistics/rate.ts';
import { testIn, type Tally, type TestTally } from '../../../flaky/index.ts';
import type { Frame } from './frame.ts';

/** Says in one or two sentences what a mode came to. */
export function tallyText(tally: Tally, { named }: Pick<Frame, 'named'>): string {
  if (tally.runs === 0) return `Not run: ${tally.why || 'nothing was owed'}.`;
  const test = named === null ? null : testIn(tally, named);
  const told = test === null ? severalText(tally) : testText(test);
  return `${told}${tally.end === 'all' || tally.end === 'enough' ? '' : ` It ended before: ${tally.why}.`}`;
}

function testText({ runs, failures, unseen, first }: TestTally): string {
  const { low, high } = rateInterval(failures, runs);
  const missed = unseen === 0 ? '' : ` In ${unseen} more it was skipped or not reached.`;
  if (failures === 0) return `0 of ${runs} runs failed: less often than ${percent(high)}, at 95 %.${missed}`;
  const rate = `${failures} of ${runs} runs failed: ${percent(failures / runs)} (${percent(low)} to ${percent(high)}).`;
  return `${rate}${missed}${first === null ? '' : ` First in run ${first.run}${first.variation === '' ? '' : `, ${first.variation}`}: ${shortened(first.message)}`}`;
}

function severalText(tally: Tally): string {
  const failing = tally.tests.filter(({ failures }) => failures > 0);
  const listed = failing.slice(0, 5).map(({ id, failures, runs }) => `${id} ${failures} of ${runs}`);
  const more = failing.length > 5 ? ` and ${failing.length - 5} more` : '';
  const failed = failing.length === 0 ? 'none failed' : `${failing.length} failed: ${listed.join('; ')}${more}`;
  const what = tally.scope === 'suite' ? `${tally.reported} tests, ` : '';
  return `${tally.runs} runs: ${what}${failed}.`;
}

/** How often any test that is counted failed. */
export function failuresIn({ tests }: Tally): number {
  return tests.reduce((sum, { failures }) => sum + failures, 0);
}

/** The log of the first run, and those of the first failures. */
export function logsOf({ log, tests }: Tally): readonly BlobRef[] {
  const logs = [...(log === null ? [] : [log]), ...tests.flatMap(({ first }) => (first === null ? [] : [first.log]))];
  return [...new Map(logs.map((one) => [one.sha256, one])).values()].slice(0, 20);
}

export function shortened(message: string): string {
  return message.split('\n').slice(0, 2).join(' ').slice(0, 240);
}
