import type { EventBody } from './event.ts';
import type { Fact } from './fact.ts';

/**
 * Leaves out facts and changes that no longer count: of attempts that were sent back, and of stages the run went on
 * without. From the events alone, so that whoever verifies the evidence later leaves out the same.
 *
 * @example
 * standing(events).filter(({ body }) => body.type === 'fact.found');
 */
export function standing<Event extends { readonly body: EventBody }>(events: readonly Event[]): readonly Event[] {
  const voided = voidedAttempts(events);
  return events.filter(({ body }) => {
    if (body.type !== 'fact.found' && body.type !== 'change.harvested') return true;
    return (body.attempt ?? 1) > (voided.get(body.stage) ?? 0);
  });
}

/** The facts that still count, in the order in which they were found. */
export function standingFacts(events: readonly { readonly body: EventBody }[]): readonly Fact[] {
  return standing(events).flatMap(({ body }) => (body.type === 'fact.found' ? [body.fact] : []));
}

/** The newest attempt of each stage that does not count. */
function voidedAttempts(events: readonly { readonly body: EventBody }[]): ReadonlyMap<string, number> {
  const voided = new Map<string, number>();
  for (const { body } of events) {
    if (body.type === 'stage.forgone') voided.set(body.stage, body.attempt);
    if (body.type === 'rework.ordered') for (const { stage, attempt } of body.voids) voided.set(stage, attempt);
  }
  return voided;
}
