import { parseRunId } from '../../core/base/ids.ts';
import { find } from '../../core/evidence/run-result.ts';
import { whereaboutsOf } from '../../core/evidence/whereabouts.ts';
import type { Whereabouts } from '../../core/ports/factory.ts';
import { findRun } from '../dispatch/index.ts';
import { whereHere } from '../run/index.ts';
import type { FloorNeeds } from './needs.ts';
import { stagesUnderWay } from './under-way.ts';

const worksShown = 200;

/**
 * Tells where every stage of a run ran, or without a run where a stage would run now and what open runs are at.
 * Throws `run-unknown`; without a run also what the probe of the floor throws.
 *
 * @example
 * const [here] = await whereabouts(null, needs);
 */
export async function whereabouts(run: string | null, needs: FloorNeeds): Promise<readonly Whereabouts[]> {
  if (run !== null) return whereaboutsOf(await needs.ledger.read(await findRun(run, needs.ledger)));
  const here: Whereabouts = { run: '', stage: 'here', attempt: 1, at: '', where: await whereHere(needs), base: null, workspace: null };
  return [here, ...(await openRuns(needs))];
}

/** What open runs are at: the stages under way, or the last one that was. */
async function openRuns({ control, ledger }: FloorNeeds): Promise<readonly Whereabouts[]> {
  const works = await control.works({ kind: 'run', open: true, limit: worksShown });
  const rows = await Promise.all(
    works.map(async (work) => {
      const events = await ledger.read(parseRunId(work));
      const all = whereaboutsOf(events);
      const current = stagesUnderWay(events).flatMap(
        (at) => all.findLast(({ stage, attempt }) => stage === at.stage && attempt === at.attempt) ?? [],
      );
      return current.length > 0 || find(events, 'run.ended') !== undefined ? current : all.slice(-1);
    }),
  );
  return rows.flat();
}
