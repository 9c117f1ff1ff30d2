import type { RoutingDesk } from '../../core/ports/desks/routing-desk.ts';
import { explainNow, explainRun } from './explain.ts';
import { judgeRun } from './judge-run.ts';
import type { RoutingNeeds } from './needs.ts';
import { openRuns } from './open-runs.ts';
import { outcomesOf } from './outcomes.ts';

/**
 * What people see of how models are chosen for runs; `settings` reads what is set on the gateways.
 *
 * @example
 * const runs = await routingDesk(async () => needs, settings).openRuns();
 */
export function routingDesk(open: () => Promise<RoutingNeeds>, settings: RoutingDesk['settings']): RoutingDesk {
  return {
    settings,
    openRuns: async () => await openRuns(await open()),
    explain: async (run) => await explainRun(run, await open()),
    explainNow: async (inquiry) => await explainNow(inquiry, await open()),
    outcomes: async (filter) => await outcomesOf(filter, await open()),
    judge: async (run, judgement) => await judgeRun(run, judgement, await open()),
  };
}
