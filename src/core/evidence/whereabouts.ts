import type { Whereabouts } from '../ports/factory.ts';
import type { EventBody, LedgerEvent } from './event.ts';

type Opened = Extract<EventBody, { type: 'workspace.opened' | 'station.started' }>;

/**
 * Tells where every stage of a run ran, one row for each of its starts. Runs of before 0.3 say nothing of bases.
 *
 * @example
 * whereaboutsOf(events).map(({ stage, where }) => `${stage} on ${where.host}`);
 */
export function whereaboutsOf(events: readonly LedgerEvent[]): readonly Whereabouts[] {
  return events.flatMap(({ run, at, body }, index): Whereabouts[] => {
    if (body.type !== 'stage.started') return [];
    const { stage, attempt, where } = body;
    const opened = openedUnder(body, events.slice(index + 1));
    return [{ run, stage, attempt, at, where, base: baseOf(opened), workspace: nameOf(opened) }];
  });
}

/** The workspaces of one start: those told of before the same attempt is started again. */
function openedUnder({ stage, attempt }: Extract<EventBody, { type: 'stage.started' }>, later: readonly LedgerEvent[]): readonly Opened[] {
  const ofThis = later.flatMap(({ body }) =>
    'stage' in body && body.stage === stage && 'attempt' in body && body.attempt === attempt ? [body] : [],
  );
  const again = ofThis.findIndex(({ type }) => type === 'stage.started');
  return ofThis
    .slice(0, again === -1 ? undefined : again)
    .filter((body): body is Opened => body.type === 'workspace.opened' || body.type === 'station.started');
}

function baseOf(opened: readonly Opened[]): string | null {
  return opened.findLast((body) => body.type === 'workspace.opened')?.base ?? null;
}

/** Runs of before 0.3 name the workspace of a station alone. */
function nameOf(opened: readonly Opened[]): string | null {
  const last = opened.at(-1);
  if (last === undefined) return null;
  return last.type === 'workspace.opened' ? last.ref.name : last.workspace;
}
