import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isJidokaError } from '../../core/base/error.ts';
import { repetitionModes } from '../../core/line/repetition.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import { builtInLine } from '../../plant/lines/index.ts';
import { parseLine } from './index.ts';

const begin: readonly Stage[] = [
  { id: 'applicability', does: 'applicability' },
  { id: 'baseline', does: 'baseline' },
];
const suite: Stage = { id: 'suite', does: 'repetition', mode: 'suite' };
const triage: Stage = { id: 'triage', does: 'triage' };

const lineOf = (...stages: readonly Stage[]): Line => ({
  apiVersion: 'jidoka/v1',
  kind: 'Line',
  name: 'trial',
  summary: 'a line to be judged',
  seed: 'flake',
  nonGoals: [],
  scope: { paths: ['**'], protectedPaths: [] },
  stages: [...stages],
  inspection: [{ check: 'flakiness', demand: 'must-hold' }],
  noOpRules: [],
  policy: { baselineRuns: 2, minimumReleaseAgeDays: 0, reuseBaseline: '6h' },
});

function complaint(line: Line): string {
  try {
    parseLine(stringify(line), 'trial.yaml');
    return 'none';
  } catch (error) {
    if (isJidokaError(error)) return `${error.message} ${error.mend}`;
    throw error;
  }
}

describe('a line about flaky tests', () => {
  it('has every mode once, as it is built in', async () => {
    const { path, text } = await builtInLine('flaky');
    const { stages, seed } = parseLine(text, path);
    expect(seed).toBe('flake');
    expect(stages.flatMap(({ mode }) => mode ?? []).sort()).toEqual(Object.keys(repetitionModes).sort());
  });

  it.each<readonly [string, Line, string]>([
    ['as short as can be', lineOf(...begin, suite, triage), 'none'],
    [
      'without a baseline',
      lineOf(...begin.slice(0, 1), suite, triage),
      'No stage does "baseline". A line for a seed "flake" has applicability, baseline, repetition and triage.',
    ],
    ['without a triage', lineOf(...begin, suite), 'No stage does "triage".'],
    ['that triages first', lineOf(...begin, triage, suite), 'Stage "triage" can be begun without repetition before it.'],
    [
      'with a mode twice',
      lineOf(...begin, suite, { ...suite, id: 'again' }, triage),
      'Stage "again" repeats the suite in mode suite again, after "suite".',
    ],
    [
      'without a mode',
      lineOf(...begin, { id: 'suite', does: 'repetition' }, triage),
      'Stage "suite" does not say how to repeat the suite. Add "mode: suite" to it.',
    ],
    [
      'with a mode where none is of use',
      lineOf(...begin, suite, { ...triage, mode: 'load' }),
      'Stage "triage" does triage, which has no use for "mode".',
    ],
    [
      'for another seed',
      { ...lineOf(...begin, suite, triage), seed: 'task' },
      'Stage "suite" does repetition, and this line\'s seed is "task".',
    ],
    [
      'that demands a check of a change',
      { ...lineOf(...begin, suite, triage), inspection: [{ check: 'tests', demand: 'must-hold' }] },
      'The check "tests" is made by a stage that does inspection',
    ],
  ])('%s', (_, line, expected) => expect(complaint(line)).toContain(expected));
});
