export { openBudget, takeBackBudget } from './budget.ts';
export type { Budget } from './budget.ts';
