import type { Validator } from '../plan-odds.ts';
import type { WorkedAttempt } from './worked-attempts.ts';

/** What validation is taken for until people have said enough of its verdicts. */
export const assumedValidator: Validator = { sensitivity: 0.95, falsePass: 0.05 };

/** How many results of a line validation judged, and how many of those a person. */
export interface Judgements {
  readonly passed: number;
  readonly refused: number;
  readonly passedRight: number;
  readonly passedWrong: number;
  readonly refusedRight: number;
  readonly refusedWrong: number;
}

/** Error rates with what they were learned from. */
export interface LearnedValidator extends Validator {
  readonly seen: Judgements;
}

/** On each side, what is assumed is worth so many results that a person judged. */
const judgedOfPrior = 20;

/**
 * How well validation tells right from wrong, by what people said of its verdicts. People mostly look at what passed, so that shares of
 * what they judged would call every validation blind: how often a result that passed is wrong, and one that was refused right, is
 * learned on each side apart, and weighed by how much passes at all. With no judgement it is what is assumed, whatever passes.
 *
 * @example
 * learnValidator([]).falsePass; // 0.05
 */
export function learnValidator(attempts: readonly WorkedAttempt[], assumed: Validator = assumedValidator): LearnedValidator {
  const seen = judgementsOf(attempts);
  return { ...ratesOf(seen, assumed), seen };
}

/** The same from counts. */
export function ratesOf(seen: Judgements, assumed: Validator): Validator {
  const { wrongIfPassed, rightIfRefused, passes } = expected(seen, assumed);
  const wrong = mixed(wrongIfPassed, seen.passedWrong, seen.passedRight);
  const right = mixed(rightIfRefused, seen.refusedRight, seen.refusedWrong);
  const [passedWrong, passedRight] = [passes * wrong, passes * (1 - wrong)];
  const [refusedRight, refusedWrong] = [(1 - passes) * right, (1 - passes) * (1 - right)];
  return { sensitivity: share(passedRight, refusedRight), falsePass: share(passedWrong, refusedWrong) };
}

function share(part: number, rest: number): number {
  return part + rest === 0 ? 0 : part / (part + rest);
}

/** The chance that a result is right that validation let pass, and that nobody judged. */
export function rightIfPassed(seen: Judgements, assumed: Validator = assumedValidator): number {
  return 1 - mixed(expected(seen, assumed).wrongIfPassed, seen.passedWrong, seen.passedRight);
}

function mixed(before: number, hits: number, misses: number): number {
  return (judgedOfPrior * before + hits) / (judgedOfPrior + hits + misses);
}

/** What is to be expected of each side where the assumed rates hold and so much passes as was seen to. */
function expected({ passed, refused }: Judgements, { sensitivity, falsePass }: Validator) {
  const passing = (passed + 1) / (passed + refused + 2);
  const informed = sensitivity - falsePass;
  const right = informed > 0 ? Math.min(0.98, Math.max(0.02, (passing - falsePass) / informed)) : 0.5;
  const passes = right * sensitivity + (1 - right) * falsePass;
  return {
    passes,
    wrongIfPassed: passes === 0 ? 0 : ((1 - right) * falsePass) / passes,
    rightIfRefused: passes === 1 ? 0 : (right * (1 - sensitivity)) / (1 - passes),
  };
}

/** What of it can be counted: attempts that validation came to a verdict on. */
export function judgementsOf(attempts: readonly { readonly passed: boolean | null; readonly judged: boolean | null }[]): Judgements {
  const count = (passed: boolean, judged?: boolean): number =>
    attempts.filter((one) => one.passed === passed && (judged === undefined || one.judged === judged)).length;
  return {
    passed: count(true),
    refused: count(false),
    passedRight: count(true, true),
    passedWrong: count(true, false),
    refusedRight: count(false, true),
    refusedWrong: count(false, false),
  };
}

/** Many counts as one. */
export function allJudgements(all: readonly Judgements[]): Judgements {
  const sum = { passed: 0, refused: 0, passedRight: 0, passedWrong: 0, refusedRight: 0, refusedWrong: 0 };
  for (const one of all) {
    sum.passed += one.passed;
    sum.refused += one.refused;
    sum.passedRight += one.passedRight;
    sum.passedWrong += one.passedWrong;
    sum.refusedRight += one.refusedRight;
    sum.refusedWrong += one.refusedWrong;
  }
  return sum;
}
