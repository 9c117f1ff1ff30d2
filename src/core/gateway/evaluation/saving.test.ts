import { expect, it } from 'vitest';
import type { Figure, Interval } from './bootstrap.ts';
import { loggedSaving } from './logged/judge-logged.ts';
import { savingOf } from './saving.ts';

const at = (value: number, low: number, high: number): Interval => ({ value, low, high });
const any = at(0.5, 0.4, 0.6);
const wrongs = 'it delivers more that is wrong, 2.0 (0.5 to 3.5) points: the interval does not reach down to 0';
const saving = 'what it saves, 3.0 (-1.0 to 7.0) %, does not lie above 0 over the whole interval';
const loss = 'a loss of more than one point of right results is not ruled out, at 0.0 (-3.0 to 3.0) points';

interface Figures {
  readonly saved?: Figure;
  readonly right?: Figure;
  readonly wrong?: Figure;
}

function judged({ saved = at(0.207, 0.087, 0.304), right = at(0, -0.005, 0.005), wrong = at(0, -0.01, 0.01) }: Figures, judgedOn = 100) {
  const [rightAgainstBest, wrongAgainstBest] = [right, wrong];
  const shared = { right: any, wrong: any, usd: any, rightAgainstBest, wrongAgainstBest, savedAgainstAlwaysBest: saved };
  const onOutcomes = { policy: 'router', plan: null, ...shared, savedAgainstHull: saved };
  const inLog = { policy: 'router', plan: null, effective: 100, lacks: null, figures: { ...shared, savedAgainstStatic: saved } };
  return { onOutcomes: savingOf(onOutcomes, judgedOn), inLog: loggedSaving([inLog], judgedOn) };
}

it('a router that is shown to save is told so, without a reason', () => {
  const { onOutcomes, inLog } = judged({});
  expect(onOutcomes.sentence).toMatch(/^The router saves 20\.7 \(8\.7 to 30\.4\) %[^]*is ruled out\.$/);
  expect([onOutcomes.saving, inLog.saving]).toEqual(['shown', 'shown']);
  expect(inLog.sentence).not.toContain('because');
});

it.each<[string, Figures, readonly string[]]>([
  ['delivers more that is wrong', { wrong: at(0.02, 0.005, 0.035) }, [wrongs]],
  ['may save nothing', { saved: at(0.03, -0.01, 0.07) }, [saving]],
  ['does both', { saved: at(0.03, -0.01, 0.07), wrong: at(0.02, 0.005, 0.035) }, [saving, wrongs]],
])('of a router that %s it is said which condition does not hold, with its figures', (_, figures, reasons) => {
  for (const told of Object.values(judged(figures))) {
    expect(told.saving).toBe('not-shown');
    expect(told.sentence).toContain(` It is not shown because ${reasons.join('; and because ')}.`);
  }
});

it.each([
  [1, 'only 1 task was left to judge on, and 20 are needed to tell an interval'],
  [19, 'only 19 tasks were left to judge on, and 20 are needed to tell an interval'],
])('of %d tasks nothing is shown, and no interval is told', (judgedOn, why) => {
  const few = (value: number) => ({ value, low: null, high: null });
  for (const told of Object.values(judged({ saved: few(0.2), right: few(0), wrong: few(0) }, judgedOn))) {
    expect(told.saving).toBe('not-shown');
    expect(told.sentence).toMatch(/^The router is not shown to save: 20\.0 % against [^(]*, at 0\.0 points of right and 0\.0 of wrong/);
    expect(told.sentence).toContain(` It is not shown because ${why}.`);
  }
});

it('what is nothing but for rounding is nothing', () => {
  for (const told of Object.values(judged({ wrong: at(2e-17, 1e-17, 3e-17) }))) expect(told.saving).toBe('shown');
  for (const told of Object.values(judged({ saved: at(0.1, 1e-17, 0.2) }))) expect(told.saving).toBe('not-shown');
});

it('a bound that decides is told with the digits that it takes to see why', () => {
  const { onOutcomes, inLog } = judged({ wrong: at(0.004, 0.0003, 0.009) });
  for (const { sentence } of [onOutcomes, inLog])
    expect(sentence).toContain('it delivers more that is wrong, 0.400 (0.030 to 0.900) points: the interval does not reach down to 0');
  expect(judged({ right: at(0, -0.0104, 0.01) }).inLog.sentence).toContain('is not ruled out, at 0.000 (-1.040 to 1.000) points');
});

it('of a log a loss of right results that is not ruled out is a reason too', () => {
  const { onOutcomes, inLog } = judged({ right: at(0, -0.03, 0.03) });
  expect([onOutcomes.saving, inLog.saving]).toEqual(['shown', 'not-shown']);
  expect(inLog.sentence).toContain(` It is not shown because ${loss}.`);
});
