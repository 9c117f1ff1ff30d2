import type { EventBody } from '../../../../core/evidence/event.ts';
import { autoPlan } from '../../../../core/gateway/config/resolve-slot.ts';
import { orderOfAttempt } from '../../../../core/gateway/routing/upgrade.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import type { ChosenFor } from '../../../../core/ports/gateway/virtual-keys.ts';
import type { RouteQuestion } from '../../../../core/ports/gateway/router.ts';
import type { Station } from '../../../../core/ports/station.ts';
import type { Role } from '../../../../core/station/role.ts';
import { append } from '../../record/append.ts';
import type { Job } from '../../job.ts';
import { feedbackOf } from './feedback.ts';

/** What a station asks models by: a name, whatever its harness has, or nothing, because no plan is good enough for the line. */
export type ModelFor =
  /** `chosen` where the name is a plan that was chosen. */
  { readonly kind: 'asks'; readonly name: string | null; readonly chosen?: ChosenFor } | { readonly kind: 'none'; readonly why: string };

/**
 * Finds it for a station: a plan that a person chose for changes, else what its role in the line says, else the slot of the role, or of
 * stations without one, and nothing for a station that asks no model. Where the slot is left to the factory, a plan is chosen once for the
 * stage, and each attempt has the next model of it; those after it are named too, for when it is nowhere to be had.
 */
export async function modelFor(
  stage: Stage,
  job: Job,
  { role, station }: { readonly role: Role | null; readonly station: Pick<Station, 'name' | 'asksNoModel'> },
): Promise<ModelFor> {
  const { needs, state } = job;
  if (station.asksNoModel === true) return { kind: 'asks', name: null };
  const override = stage.does === 'change' ? (job.input.plan ?? null) : null;
  if (override === null && role !== null && role.model !== null) return { kind: 'asks', name: role.model };
  const slot = needs.models.slotOf(role?.name ?? null);
  if (override === null && (slot === null || (await needs.router?.chooses(slot)) !== true)) return { kind: 'asks', name: slot };
  const { route } =
    (await decidedFor(stage, job)) ?? (await decideNow(stage, job, { slot: slot ?? autoPlan, station: station.name, override }));
  const order = orderOfAttempt(route, attemptOf(state, stage.id));
  if (order.length > 0) return { kind: 'asks', name: order.join(','), chosen: { slot } };
  return {
    kind: 'none',
    why: `No plan of models for the slot "${slot}" is as good as the line asks for: \`jidoka route explain ${job.run}\` shows them.`,
  };
}

type Decided = Extract<EventBody, { readonly type: 'route.decided' }>;

async function decidedFor(stage: Stage, { run, needs }: Job): Promise<Decided | null> {
  const bodies = (await needs.ledger.read(run)).map(({ body }) => body);
  return bodies.find((body): body is Decided => body.type === 'route.decided' && body.stage === stage.id) ?? null;
}

async function decideNow(
  stage: Stage,
  job: Job,
  { slot, station, override }: Pick<RouteQuestion, 'slot' | 'station' | 'override'>,
): Promise<Decided> {
  const { run, input, needs, state } = job;
  const asked = { run, line: input.line.name, seed: input.seed, stage: stage.id, slot, feedback: feedbackOf(state), station, override };
  const decided = await needs.router?.decide(asked);
  if (decided === undefined) throw new Error('There is nobody to choose a plan.');
  await append(job, [[`route/${stage.id}`, decided]]);
  return decided;
}
