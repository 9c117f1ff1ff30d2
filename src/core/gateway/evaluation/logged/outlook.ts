import { easeWeights } from '../../routing/ease.ts';
import type { Attempt, Validator } from '../../routing/plan-odds.ts';
import type { Result } from '../replay-plan.ts';

/**
 * What a plan is expected to come to from each of its attempts on, given that validation refused all before: one entry for each attempt,
 * and a last one, of nothing, for when the plan is at its end.
 */
export function outlookOf(plan: readonly Attempt[], { sensitivity, falsePass }: Validator, validation: number): readonly Result[] {
  let reached: readonly number[] = easeWeights;
  const parts = plan.map(({ chances, usd }) => {
    const before = sum(reached);
    const solved = reached.map((weight, step) => weight * (chances[step] ?? 0));
    const right = sum(solved) * sensitivity;
    const wrong = (before - sum(solved)) * falsePass;
    reached = reached.map((weight, step) => weight * (1 - falsePass - (chances[step] ?? 0) * (sensitivity - falsePass)));
    return { before, right, wrong, usd: before * (usd + validation) };
  });
  return [...plan.keys(), plan.length].map((from) => {
    const later = parts.slice(from);
    const share = later[0]?.before ?? 0;
    const mean = (of: (part: Result) => number): number => (share === 0 ? 0 : sum(later.map(of)) / share);
    return { right: mean(({ right }) => right), wrong: mean(({ wrong }) => wrong), usd: mean(({ usd }) => usd) };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
