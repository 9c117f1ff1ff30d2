import type { StationCapabilities } from './capabilities.ts';
import type { Role } from './role.ts';

/**
 * What a role needs and a driver does not give, in words; empty where it can work in it. A line must not plan with it then.
 *
 * @example
 * lacks(capabilitiesOfCodex, { ...role, budget: { usd: 2 } }); // ['nothing of it holds a budget in US dollars']
 */
export function lacks({ holds, budgets }: Pick<StationCapabilities, 'holds' | 'budgets'>, role: Role | null): readonly string[] {
  if (role === null) return [];
  const { tools, budget = {} } = role;
  return [
    ...(tools !== 'all' && holds[tools] === 'nothing' ? [`nothing keeps it to "${tools}"`] : []),
    ...(budget.turns !== undefined && !budgets.includes('turns') ? ['nothing of it holds a budget of turns'] : []),
    ...(budget.usd !== undefined && !budgets.includes('usd') ? ['nothing of it holds a budget in US dollars'] : []),
  ];
}
