export { planFor } from './plan-for.ts';
export type { Circumstances, ModePlan, Target } from './mode-plan.ts';
