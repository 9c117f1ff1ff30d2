import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceSource } from '../../evaluation/chance-source.ts';
import { learnValidator, rightIfPassed, type Judgements } from './validator.ts';
import type { WorkedAttempt } from './worked-attempts.ts';

const attempt = (passed: boolean | null, judged: boolean | null): WorkedAttempt => ({ passed, judged }) as WorkedAttempt; // the parts that are read
const many = (count: number, passed: boolean, judged: boolean | null) => Array.from({ length: count }, () => attempt(passed, judged));

describe('what validation is taken for', () => {
  it('is what is assumed where nobody judged, whatever share of results passes', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), (passed, refused) => {
        const learned = learnValidator([...many(passed, true, null), ...many(refused, false, null)]);
        expect(learned.sensitivity).toBeCloseTo(0.95, 9);
        expect(learned.falsePass).toBeCloseTo(0.05, 9);
      }),
    );
  });

  it('is worse for each result that passed and that a person found wrong, and stays between nothing and all', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60), (right, wrong, refusedRight, refused) => {
        const seen = [
          ...many(right, true, true),
          ...many(wrong, true, false),
          ...many(refusedRight, false, true),
          ...many(refused, false, null),
        ];
        const [before, after] = [learnValidator([...seen, attempt(true, null)]), learnValidator([...seen, attempt(true, false)])];
        expect(after.falsePass).toBeGreaterThan(before.falsePass);
        for (const { sensitivity, falsePass } of [before, after]) {
          expect(Math.min(sensitivity, falsePass)).toBeGreaterThanOrEqual(0);
          expect(Math.max(sensitivity, falsePass)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('comes near to the truth though people look at what passed far more often than at what was refused', () => {
    const next = chanceSource(4);
    const truth = { sensitivity: 0.85, falsePass: 0.2 };
    const attempts = Array.from({ length: 4000 }, () => {
      const right = next() < 0.6;
      const passed = next() < (right ? truth.sensitivity : truth.falsePass);
      return attempt(passed, next() < (passed ? 0.5 : 0.1) ? right : null);
    });
    const learned = learnValidator(attempts);
    expect(learned.sensitivity).toBeCloseTo(truth.sensitivity, 1);
    expect(learned.falsePass).toBeGreaterThan(0.16);
    expect(learned.falsePass).toBeLessThan(0.24);
    // What they judged, taken as it is, would call it blind.
    const judged = attempts.filter((one) => one.judged === false);
    expect(judged.filter(({ passed }) => passed === true).length / judged.length).toBeGreaterThan(0.35);
  });

  it('is told with the judgements that it was learned from', () => {
    const { seen } = learnValidator([...many(3, true, null), ...many(2, true, false), ...many(1, false, true), attempt(null, true)]);
    expect(seen).toEqual({ passed: 5, refused: 1, passedRight: 0, passedWrong: 2, refusedRight: 1, refusedWrong: 0 });
  });

  it('makes a result that passed less sure to be right the more of them were found wrong', () => {
    const seen: Judgements = { passed: 40, refused: 20, passedRight: 0, passedWrong: 0, refusedRight: 0, refusedWrong: 0 };
    expect(rightIfPassed(seen)).toBeGreaterThan(0.95);
    expect(rightIfPassed({ ...seen, passedWrong: 10 })).toBeLessThan(0.7);
  });
});
