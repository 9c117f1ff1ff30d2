import type { LedgerEvent } from '../../core/evidence/event.ts';
import { attemptOf, fold } from '../../core/line/state.ts';

/** Stages that were begun in the attempt they are at, and came to nothing yet. */
export function stagesUnderWay(events: readonly LedgerEvent[]): readonly { readonly stage: string; readonly attempt: number }[] {
  const bodies = events.map(({ body }) => body);
  const state = fold(bodies);
  if (state.verdict !== null) return [];
  const begun = bodies.flatMap((body) => (body.type === 'stage.started' ? [body] : []));
  return [...new Set(begun.map(({ stage }) => stage))]
    .map((stage) => ({ stage, attempt: attemptOf(state, stage) }))
    .filter(({ stage, attempt }) => begun.some((start) => start.stage === stage && start.attempt === attempt))
    .filter(({ stage }) => !state.results.has(stage) && !state.forgone.has(stage));
}
