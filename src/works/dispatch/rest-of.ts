import type { LedgerEvent } from '../../core/evidence/event.ts';
import { fold, type Wait } from '../../core/line/state.ts';
import type { WorkView } from '../../core/ports/engine.ts';

/** Why a run rests. */
export interface Rest {
  readonly reason: string;
  /** The gate where a person must answer, or null. */
  readonly gate: string | null;
  /** Whether it may be over at any moment without anybody's doing: a worker that starts, a slot that is given back. */
  readonly mayPass: boolean;
}

/** What a run rests for, since when, and whether its owner was told. */
export interface Resting {
  readonly reason: string;
  readonly sinceMs: number;
  readonly isTold: boolean;
}

export const notResting: Resting = { reason: '', sinceMs: 0, isTold: false };

/** What may pass by itself is told once it has lasted so long. */
const patienceMs = 3000;

/** What is known of a rest once it was looked at again: it is to be told where `isTold` became true. Pure. */
export function restingOn(rest: Rest | null, before: Resting, nowMs: number): Resting {
  if (rest === null) return notResting;
  const { reason, sinceMs, isTold } = rest.reason === before.reason ? before : { reason: rest.reason, sinceMs: nowMs, isTold: false };
  return { reason, sinceMs, isTold: isTold || !rest.mayPass || nowMs - sinceMs >= patienceMs };
}

/** Says what a run waits for; null while somebody works on it or may begin at any moment. */
export function restOf({ steps }: WorkView, events: readonly LedgerEvent[]): Rest | null {
  if (steps.some(({ state, isLive }) => state === 'held' && isLive)) return null;
  const bodies = events.map(({ body }) => body);
  const state = fold(bodies);
  const waits = [...state.waiting.values()];
  const gate = waits.find((wait) => wait.kind === 'gate')?.gate ?? null;
  const question = bodies.findLast((body) => body.type === 'gate.opened' && body.gate === gate);
  if (question?.type === 'gate.opened')
    return { reason: `${question.stage}: ${question.question} (${question.roles.join(' or ')})`, gate, mayPass: false };
  const runs = waits.flatMap((wait) => runsLeft(wait, state.children));
  if (runs.length > 0)
    return { reason: `${runs.length} runs: ${runs.slice(0, 3).join(', ')}${runs.length > 3 ? ' …' : ''}`, gate: null, mayPass: false };
  const held = [...new Set(steps.flatMap((step) => step.held))];
  return held.length === 0 ? null : { reason: held.join('; '), gate: null, mayPass: true };
}

function runsLeft(wait: Wait, children: ReadonlyMap<string, unknown>): readonly string[] {
  return wait.kind === 'runs' ? wait.runs.filter((run) => !children.has(run)) : [];
}
