import { JidokaError } from '../../base/error.ts';
import { meant } from '../../base/nearest.ts';

/**
 * A plan that a person chose, of models that are there, each once. Throws `usage`.
 *
 * @example
 * checkPlan(['cheap', 'stronk'], ['cheap', 'strong']); // throws: "stronk" is no model of this factory. Did you mean "strong"?
 */
export function checkPlan(plan: readonly string[], models: readonly string[]): readonly string[] {
  const wrong = plan.find((model, at) => !models.includes(model) || plan.indexOf(model) < at);
  if (wrong === undefined) return plan;
  const why = models.includes(wrong) ? 'is named twice' : 'is no model of this factory';
  throw new JidokaError('usage', `--plan ${plan.join(',')}: "${wrong}" ${why}.`, { mend: meant(wrong, models) });
}
