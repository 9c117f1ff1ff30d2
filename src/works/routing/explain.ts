import { find } from '../../core/evidence/run-result.ts';
import type { PlannedRoute } from '../../core/gateway/routing/plan-run.ts';
import type { ExplainedRun, RouteInquiry } from '../../core/ports/desks/routing-desk.ts';
import { findRun } from '../dispatch/index.ts';
import { agentNeeds, chosen } from './decide-route.ts';
import type { RoutingNeeds } from './needs.ts';

/** What was chosen for a run, as its ledger has it. Throws `run-unknown`. */
export async function explainRun(text: string, { ledger }: Pick<RoutingNeeds, 'ledger'>): Promise<ExplainedRun> {
  const run = await findRun(text, ledger);
  const events = await ledger.read(run);
  const routes = events.flatMap(({ at, body }) =>
    body.type === 'route.decided' ? [{ stage: body.stage, attempt: body.attempt, at, route: body.route }] : [],
  );
  return { run, line: find(events, 'run.started')?.line.name ?? '', routes };
}

/** What would be chosen now, without chance. Throws what opening the repository throws. */
export async function explainNow(inquiry: RouteInquiry, needs: RoutingNeeds): Promise<PlannedRoute> {
  const repository = await needs.forge.open(inquiry.repository);
  // At the end of their range, draws never explore.
  return await chosen({ ...inquiry, cuts: [], repository, harness: null, needs: agentNeeds, draws: [0.999, 0.999] }, needs);
}
