import { parseRunId } from '../../core/base/ids.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { ChosenPlans } from '../../core/gateway/cutoff/line-use.ts';
import { orderOfAttempt } from '../../core/gateway/routing/upgrade.ts';
import type { Line } from '../../core/line/line.ts';
import { isPast } from '../../core/line/reach.ts';
import { attemptOf, fold, type RunState } from '../../core/line/state.ts';
import type { OwingRun } from '../../core/ports/desks/routing-desk.ts';
import { RunInput } from '../run/index.ts';
import type { RoutingNeeds } from './needs.ts';

const runsLookedAt = 1000;

/** The runs that have not ended, each with the stages of its own line that are still to be done. */
export async function openRuns({
  control,
  engine,
  ledger,
}: Pick<RoutingNeeds, 'control' | 'engine' | 'ledger'>): Promise<readonly OwingRun[]> {
  const works = await control.works({ kind: 'run', open: true, limit: runsLookedAt });
  return await Promise.all(
    works.map(async (run): Promise<OwingRun> => {
      const view = await engine.work(run);
      const { data } = RunInput.safeParse(view?.input);
      if (data === undefined) return { run, line: view?.line ?? '', owed: null, plans: { ofChanges: null, ofStages: {} } };
      const bodies = (await ledger.read(parseRunId(run))).map(({ body }) => body);
      const state = fold(bodies);
      return { run, line: data.line.name, owed: stillOwed(data.line, state), plans: chosenPlans(data, bodies, state) };
    }),
  );
}

function stillOwed(line: Line, state: RunState): Line {
  const isOver = state.verdict !== null || state.cancelled;
  return { ...line, stages: isOver ? [] : line.stages.filter(({ id }) => !isPast(state, id)) };
}

/** What each stage asks next: what its plan has from its attempt on, and what else might have been chosen. */
function chosenPlans({ plan }: Pick<RunInput, 'plan'>, bodies: readonly EventBody[], state: RunState): ChosenPlans {
  const decided = bodies.flatMap((body) => (body.type === 'route.decided' ? [body] : []));
  const asked = decided.map(({ stage, route }) => [stage, orderOfAttempt(route, attemptOf(state, stage)).join(',')] as const);
  return { ofChanges: plan?.models.join(',') ?? null, ofStages: Object.fromEntries(asked.filter(([, order]) => order !== '')) };
}
