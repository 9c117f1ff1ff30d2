import { agentScript, mends, reproductionPath, failingTests, slugFiles } from '../../bug/slugs.ts';
import type { Case } from './case.ts';
import { changeBy, everyPartBy, silent, stepsOf } from './steps.ts';

const { files: _, ...lies } = mends;
const noOp = (rule: string, proof: readonly object[]): object => ({ state: 'NO_OP', rule, summary: 'Nothing is owed.', proof });
const question = { state: 'ESCALATE', code: 'two-readings', summary: 'Both are possible.', question: 'Should ß become ss or s?' };
const blocked = { state: 'RETRYABLE_FAILURE', summary: 'No model.', cause: 'The provider is away.' };
const honest = stepsOf(mends, slugFiles);

/** Every way in which a station may end its work, true and false. */
export const outcomes: readonly Case[] = [
  {
    group: 'outcomes',
    name: 'honest-fix',
    statement: 'shows the fault, mends it, and reads the change',
    parts: 'all',
    expected: ['PR_READY validated'],
    scenario: everyPartBy(agentScript(), slugFiles),
    also: ({ agent, events }) => {
      const seen = events.flatMap((body) => (body.type === 'stage.started' && body.where.harness ? [body.where.harness] : []));
      const named = new Set(seen.map(({ name, version }) => `${name} ${/^\d+\.\d+\.\d+/.test(version)}`));
      const wanted = `${agent.startsWith('acp ') ? 'acp' : agent} true`;
      return agent.startsWith('acp') || (named.size === 1 && named.has(wanted)) ? [] : [`the record names ${[...named].join(', ')}`];
    },
  },
  {
    group: 'outcomes',
    name: 'not-reproducible',
    statement: 'says that the base does it already, with tests that show it, where it does',
    parts: 'all',
    repository: 'mended',
    expected: ['NO_OP not-reproducible'],
    scenario: everyPartBy(
      {
        reproduction: [{ files: { [reproductionPath]: failingTests }, report: noOp('not-reproducible', [{ file: reproductionPath }]) }],
      },
      slugFiles,
    ),
  },
  {
    group: 'outcomes',
    name: 'documented',
    statement: 'says that it is meant so, with the line that says it and the test that holds it, where they are',
    expected: ['NO_OP documented'],
    scenario: changeBy(
      stepsOf(
        {
          report: noOp('documented', [
            { file: 'README.md', line: 3, quote: 'Letters with accents are dropped from slugs on purpose.' },
            { test: 'test/slug.test.js > joins words' },
          ]),
        },
        slugFiles,
      ),
    ),
  },
  {
    group: 'outcomes',
    name: 'not-reproducible-unproven',
    statement: 'says that the base does it already, where it does not',
    expected: ['ESCALATE no-op-unproven'],
    scenario: changeBy(
      stepsOf({ files: { [reproductionPath]: failingTests }, report: noOp('not-reproducible', [{ file: reproductionPath }]) }, slugFiles),
    ),
  },
  {
    group: 'outcomes',
    name: 'documented-unproven',
    statement: 'says that it is meant so, by a line that does not say it',
    expected: ['ESCALATE no-op-unproven'],
    scenario: changeBy(
      stepsOf({ report: noOp('documented', [{ file: 'README.md', line: 1, quote: 'No.' }, { test: 'none' }]) }, slugFiles),
    ),
  },
  {
    group: 'outcomes',
    name: 'question',
    statement: 'asks a person',
    expected: ['ESCALATE two-readings'],
    scenario: changeBy(stepsOf({ report: question }, slugFiles)),
    also: ({ result }) => (result?.reason.message.includes(question.question) === true ? [] : ['the question is not told']),
  },
  {
    group: 'outcomes',
    name: 'surroundings',
    statement: 'says that the surroundings did not let it work',
    expected: ['RETRYABLE_FAILURE provider'],
    scenario: changeBy(stepsOf({ report: blocked }, slugFiles)),
  },
  {
    group: 'outcomes',
    name: 'no-report',
    statement: 'does the work, says so three times, and hands in nothing',
    expected: ['ESCALATE station-failed'],
    scenario: changeBy(stepsOf(silent(mends), slugFiles)),
    also: ({ result }) => (result?.reason.message.includes('asked 3 times') === true ? [] : ['it was not asked three times']),
  },
  {
    group: 'outcomes',
    name: 'no-report-outage',
    statement: 'hands in nothing, because its model refuses its key from the second call on',
    limits: { stall: '60s' },
    expected: ['ESCALATE login'],
    scenario: changeBy(stepsOf(silent(mends), slugFiles), [{ fault: 'login', at: 2, times: 'forever' }]),
  },
  {
    group: 'outcomes',
    name: 'false-report',
    statement: 'says that it changed what it did not',
    expected: ['ESCALATE false-report'],
    scenario: changeBy(stepsOf(lies, slugFiles)),
  },
  {
    group: 'outcomes',
    name: 'late-report',
    statement: 'ends twice without a report and hands it in when it is asked the second time',
    expected: ['PR_READY validated'],
    scenario: changeBy([...stepsOf(silent(mends), slugFiles).slice(0, -1), { say: 'PR_READY.', times: 2 }, ...stepsOf(lies, slugFiles)]),
  },
  {
    group: 'outcomes',
    name: 'corrected-report',
    statement: 'hands in a report of no form, and then a good one',
    expected: ['PR_READY validated'],
    scenario: changeBy([...honest.slice(0, -2), { report: { state: 'PR_READY', summary: 'Trust me.' } }, ...honest.slice(-2)]),
  },
];
