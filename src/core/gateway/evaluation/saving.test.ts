import { expect, it } from 'vitest';
import type { Interval } from './bootstrap.ts';
import { loggedSaving } from './logged/judge-logged.ts';
import { savingOf } from './saving.ts';

const at = (value: number, low: number, high: number): Interval => ({ value, low, high });
const any = at(0.5, 0.4, 0.6);
const wrongs = 'it delivers more that is wrong, 2.0 (0.5 to 3.5) points: the interval does not reach down to 0';
const saving = 'what it saves, 3.0 (-1.0 to 7.0) %, does not lie above 0 over the whole interval';
const loss = 'a loss of more than one point of right results is not ruled out, at 0.0 (-3.0 to 3.0) points';

interface Figures {
  readonly saved?: Interval;
  readonly right?: Interval;
  readonly wrong?: Interval;
}

function judged({ saved = at(0.207, 0.087, 0.304), right = at(0, -0.005, 0.005), wrong = at(0, -0.01, 0.01) }: Figures) {
  const [rightAgainstBest, wrongAgainstBest] = [right, wrong];
  const shared = { right: any, wrong: any, usd: any, rightAgainstBest, wrongAgainstBest, savedAgainstAlwaysBest: saved };
  const onOutcomes = { policy: 'router', plan: null, ...shared, savedAgainstHull: saved };
  const inLog = { policy: 'router', plan: null, effective: 100, lacks: null, figures: { ...shared, savedAgainstStatic: saved } };
  return { onOutcomes: savingOf(onOutcomes), inLog: loggedSaving([inLog]) };
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

it('of a log a loss of right results that is not ruled out is a reason too', () => {
  const { onOutcomes, inLog } = judged({ right: at(0, -0.03, 0.03) });
  expect([onOutcomes.saving, inLog.saving]).toEqual(['shown', 'not-shown']);
  expect(inLog.sentence).toContain(` It is not shown because ${loss}.`);
});
