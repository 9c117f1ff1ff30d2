import { fact, type Fact, type FactData, type FactOf, type FlakyTest } from '../../../../core/evidence/fact.ts';
import { percent, rateInterval } from '../../../../core/statistics/rate.ts';
import { classify, testIn, type Tally } from '../../../flaky/index.ts';
import { alwaysFailing } from './need.ts';
import { logsOf } from './tally-text.ts';
import type { Frame } from './frame.ts';

export interface Judged {
  readonly facts: readonly Fact[];
  /** Tests that are to be skipped until their cause is gone, with what they are like. */
  readonly flaky: readonly FlakyTest[];
}

/** Says what the repetitions show: a test that is broken, tests that are flaky, that none is, or that it is not known. Pure. */
export function judge(frame: Frame): Judged {
  const broken = alwaysFailing(frame);
  if (broken !== null) return { facts: [brokenFact(frame, broken)], flaky: [] };
  const flaky = frame.subjects.flatMap((id): FlakyTest[] => {
    const { class: kind, why, rates } = classify(id, frame.tallies);
    const failed = rates.some(({ failures }) => failures > 0) || failedAtBase(id, frame) > 0;
    return failed ? [{ id, class: kind, why, modes: rates }] : [];
  });
  if (flaky.length > 0) return { facts: [flakyFact(frame, flaky)], flaky };
  const short = frame.tallies.filter(({ end }) => end === 'budget');
  return { facts: short.length > 0 ? [shortFact(frame)] : calmFacts(frame), flaky: [] };
}

function brokenFact(frame: Frame, times: number): Fact {
  const id = frame.named ?? '';
  const elsewhere = (['file', 'alone'] as const).flatMap((mode) => {
    const tally = frame.tallies.find((one) => one.mode === mode);
    const test = tally === undefined ? null : testIn(tally, id);
    return test === null || test.runs === 0 ? [] : [`${mode}: ${test.failures} of ${test.runs} failed`];
  });
  const beside = elsewhere.length === 0 ? '' : ` Elsewhere, ${elsewhere.join(', ')}.`;
  const message = frame.baseline.flatMap((run) => run.results.get(id)?.message ?? [])[0];
  return flakiness(
    frame,
    { code: 'always-fails', tests: [asTest(frame, id)] },
    `${id} is not flaky but broken: it failed in each of ${times} runs of the suite, and in each at the base${message === undefined ? '' : ` (${message.split('\n')[0]})`}.${beside} Is the test wrong, or the code? \`jidoka run bug\` mends what a ticket tells of.`,
  );
}

function flakyFact(frame: Frame, flaky: readonly FlakyTest[]): Fact {
  const [first, ...rest] = flaky;
  const told = flaky.slice(0, 3).map((test) => `${test.id} is flaky by ${test.class}: ${test.why}.${atBase(test.id, frame)}`);
  const more = flaky.length > 3 ? ` ${flaky.length - 3} more are.` : '';
  const asked =
    rest.length === 0
      ? `Shall ${first?.class === 'environment' ? 'the surroundings' : 'its cause'} be mended, or the test be skipped until then?`
      : 'Which of them are to be mended, and which skipped until then?';
  return flakiness(frame, { code: 'flaky', tests: flaky }, `${told.join(' ')}${more} ${asked}`);
}

function shortFact(frame: Frame): Fact {
  const short = frame.tallies.filter(({ end }) => end === 'budget').map(({ mode, runs, wanted }) => `${mode} ${runs} of ${wanted}`);
  return flakiness(
    frame,
    { code: 'not-excluded', tests: frame.subjects.map((id) => asTest(frame, id)) },
    `Nothing failed, but the time was over before a rate of ${percent(frame.seed.rate)} was excluded (runs: ${short.join(', ')}). Is more time worth it (--budget), or a higher rate enough (--rate)?`,
  );
}

/** Nothing changed its outcome in any mode that was asked for and is possible; the suite itself must have been run, and be able to fail. */
function calmFacts(frame: Frame): readonly Fact[] {
  const done = frame.tallies.filter(({ end, runs }) => end === 'all' && runs > 0);
  const doubt = doubtOf(frame, done);
  if (doubt !== null)
    return [
      flakiness(frame, { code: 'not-excluded', tests: [] }, `Nothing failed, but that proves nothing: ${doubt}. What is to be done?`),
    ];
  const proof = [
    ...done.map(
      (tally) => `${tally.mode}: ${calmText(tally, frame)}${tally.log === null ? '' : ` (first log ${tally.log.sha256.slice(0, 12)})`}`,
    ),
    ...frame.tallies.filter(({ end }) => end === 'not-possible').map(({ mode, why }) => `${mode}: not possible, ${why}`),
    'a test that must fail was reported as failed in this suite at the base',
  ];
  const suite = done.find(({ mode }) => mode === 'suite');
  const broken = (suite?.tests ?? []).filter(({ runs, failures }) => runs > 0 && failures === runs).length;
  const beside = broken === 0 ? '' : ` ${broken} of them failed each time, which is another matter.`;
  const high = percent(rateInterval(0, frame.wanted).high);
  const summary = `Of ${frame.named ?? 'every test of the suite'}, no failure was seen that comes and goes: ${frame.wanted} runs in each of ${done.length} modes, so that a rate above ${high} is excluded at 95 %.${beside}`;
  const held = flakiness(frame, { code: 'never-fails', tests: frame.subjects.map((id) => asTest(frame, id)) }, summary);
  const logs = done.flatMap((tally) => tally.log ?? []);
  return [{ ...held, outcome: 'holds' }, fact('no-op', 'holds', 'never-fails', summary, { rule: 'never-fails', proof }, logs)];
}

/** Why runs without a failure do not show what they were made for; null where they do. */
function doubtOf({ named, wanted, record, ids }: Frame, done: readonly Tally[]): string | null {
  if (ids.length === 0) return 'every test of the suite is skipped';
  if (!done.some(({ mode }) => mode === 'suite')) return 'the suite was not run often enough';
  if (record.canary !== 'fail') return 'a test that must fail was not seen to fail in this suite';
  for (const tally of done) {
    const runs = named === null ? tally.runs : (testIn(tally, named)?.runs ?? 0);
    if (runs < wanted) return `in mode ${tally.mode} the test was skipped or not reached in ${tally.runs - runs} of ${tally.runs} runs`;
    if (named === null && tally.cut > 0)
      return `in mode ${tally.mode} the suite did not come to its end whole in ${tally.cut} of ${tally.runs} runs`;
  }
  return null;
}

function calmText(tally: Tally, { named }: Frame): string {
  if (named !== null) {
    const runs = testIn(tally, named)?.runs ?? 0;
    return `0 of ${runs} runs failed, so that a rate above ${percent(rateInterval(0, runs).high)} is excluded at 95 %`;
  }
  const broken = tally.tests.filter(({ failures }) => failures > 0).map(({ id }) => id);
  const each = broken.length === 0 ? '' : `; ${broken.length} failed each time: ${broken.slice(0, 3).join(', ')}`;
  return `none of ${tally.reported} tests changed its outcome in ${tally.runs} runs, so that a rate above ${percent(rateInterval(0, tally.runs).high)} is excluded for each at 95 %${each}`;
}

function flakiness(
  frame: Frame,
  { code, tests }: { readonly code: string; readonly tests: readonly FlakyTest[] },
  summary: string,
): FactOf<'flakiness'> {
  const data: FactData['flakiness'] = {
    runner: frame.baseline[0]?.plan.runner ?? '',
    rate: frame.seed.rate,
    wanted: frame.wanted,
    tests,
    modes: frame.tallies.map(({ mode, runs, end, why }) => ({ mode, runs, end, why })),
    company: frame.tallies.flatMap(({ mode, company }) => company.map((met) => ({ mode, ...met }))),
    notReached: [
      ...frame.tallies
        .filter(({ end }) => end === 'budget')
        .map(({ mode, runs, wanted }) => `mode ${mode}: ${wanted - runs} of ${wanted} runs`),
      ...frame.others,
    ],
  };
  return fact('flakiness', 'broken', code, summary, data, frame.tallies.flatMap(logsOf));
}

function asTest(frame: Frame, id: string): FlakyTest {
  const { rates } = classify(id, frame.tallies);
  return { id, class: 'unknown', why: '', modes: rates };
}

function failedAtBase(id: string, { baseline }: Frame): number {
  return baseline.filter((run) => {
    const status = run.results.get(id)?.status ?? 'pass';
    return status !== 'pass' && status !== 'skip';
  }).length;
}

function atBase(id: string, frame: Frame): string {
  const failed = failedAtBase(id, frame);
  return failed === 0 ? '' : ` At the base it failed in ${failed} of ${frame.baseline.length} runs.`;
}
