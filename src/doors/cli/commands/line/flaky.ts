import { JidokaError } from '../../../../core/base/error.ts';
import { parseDuration } from '../../../../core/line/duration.ts';
import { RepetitionMode } from '../../../../core/line/repetition.ts';
import type { LineCommand } from './request.ts';

/** `jidoka run flaky`: shows whether a test is flaky, how often and by what. */
export const flaky: LineCommand = {
  name: 'flaky',
  summary: 'show how often a test fails, and by what; or that it does not',
  options: [
    {
      flags: '--test <id>',
      description: 'the test by its id, or by its name where one test has it; without it, whichever changes its outcome',
    },
    { flags: '--rate <percent>', description: 'rate of failures to exclude; 3 runs over it are made in each mode', preset: '5%' },
    {
      flags: '--modes <modes>',
      description: `ways to run it, with commas between: ${RepetitionMode.options.join(',')}; without it, those of the line`,
    },
    { flags: '--budget <duration>', description: 'time for all runs together', preset: '30m' },
  ],
  needsLineFile: false,
  examples: ["--test 'test/cart.test.js > adds up'", '--rate 1% --budget 2h', "--test 'adds up' --modes suite,alone,shuffled"],
  ask: async (call) => ({
    line: 'flaky',
    subject: {
      kind: 'flake',
      test: testOf(call.text('test')),
      rate: rateOf(call.text('rate') ?? '5%'),
      modes: modesOf(call.text('modes')),
      budgetMs: budgetOf(call.text('budget') ?? '30m'),
    },
    to: null,
  }),
};

function testOf(text: string | null): string | null {
  if (text === null || text.trim() !== '') return text?.trim() ?? null;
  throw new JidokaError('usage', '--test is empty.', { mend: 'Name the test, or leave --test out to look at the whole suite.' });
}

/** A percentage; what lies below a tenth would take thousands of runs. */
function rateOf(text: string): number {
  const rate = /^\d+(?:\.\d+)?\s*%$/.test(text.trim()) ? Number.parseFloat(text) / 100 : Number.NaN;
  if (rate >= 0.001 && rate <= 0.5) return rate;
  throw new JidokaError('usage', `--rate ${text} is no rate to exclude.`, {
    mend: 'Give a percentage from 0.1% to 50%: 5% takes 60 runs in each mode, 1% takes 300.',
  });
}

function modesOf(text: string | null): readonly RepetitionMode[] | null {
  if (text === null) return null;
  return text.split(',').map((word) => {
    const mode = RepetitionMode.safeParse(word.trim());
    if (mode.success) return mode.data;
    throw new JidokaError('usage', `--modes names "${word.trim()}", which is no mode.`, {
      mend: `Choose of these, with commas between: ${RepetitionMode.options.join(', ')}.`,
    });
  });
}

function budgetOf(text: string): number {
  if (/^[1-9]\d*(?:s|m|h|d)$/.test(text)) return parseDuration(text);
  throw new JidokaError('usage', `--budget ${text} is no time.`, { mend: 'Give a duration such as 90s, 30m or 2h.' });
}
