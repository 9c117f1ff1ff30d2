import { parseRunId } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import { isPast } from '../../core/line/reach.ts';
import { fold, type RunState } from '../../core/line/state.ts';
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
      if (data === undefined) return { run, line: view?.line ?? '', owed: null };
      const events = await ledger.read(parseRunId(run));
      return { run, line: data.line.name, owed: stillOwed(data.line, fold(events.map(({ body }) => body))) };
    }),
  );
}

function stillOwed(line: Line, state: RunState): Line {
  const isOver = state.verdict !== null || state.cancelled;
  return { ...line, stages: isOver ? [] : line.stages.filter(({ id }) => !isPast(state, id)) };
}
