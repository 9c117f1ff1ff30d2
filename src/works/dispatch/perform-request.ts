import { isJidokaError, usageCodes } from '../../core/base/error.ts';
import { toJson } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { Line } from '../../core/line/line.ts';
import type { Seed } from '../../core/packet/seed.ts';
import type { HeldStep } from '../../core/ports/engine.ts';
import type { RunRequest } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { newEvents, submitRun, type RunInput, type RunNeeds } from '../run/index.ts';
import type { Crew } from './crew.ts';
import { followGroup, keepGroup, keptGroup, type GroupState } from './follow-group.ts';
import { requestStep } from './submit-request.ts';
import { planRequest } from './work-request.ts';
import { findAttempt, type SeedOrder } from './work-seed.ts';

export interface Taking {
  readonly needs: RunNeeds;
  readonly crew: Crew;
  /** The line of a request, checked. */
  lineOf(request: RunRequest): Promise<Line>;
}

/** What a turn at a request came to. */
type Turn =
  | { readonly kind: 'taken'; readonly runs: readonly string[]; readonly begin: readonly RunInput[] }
  | { readonly kind: 'refused'; readonly body: Extract<EventBody, { type: 'request.refused' }> }
  /** A run of its group is not through. */
  | { readonly kind: 'rests'; readonly until: string }
  | { readonly kind: 'goes-on'; readonly step: string; readonly until: string; readonly begin: readonly RunInput[] };

/**
 * Takes up a request that somebody left: begins its runs and is done with it, in one transaction, so that it is taken
 * up once, holds nothing while they rest, and is not made anew of a repository that moved on meanwhile. A group, whose
 * parts depend on each other, is looked at again from time to time, as it was when it was taken up. A request that
 * cannot be worked as it is ends with what its author must mend, in the factory's own chain; it does not count as a
 * failure of the factory.
 */
export async function performRequest(step: HeldStep, signal: AbortSignal, taking: Taking): Promise<void> {
  const { needs } = taking;
  const request = step.input as unknown as RunRequest; // written by submitRequest alone
  const turn = await takeTurn(step, signal, { ...taking, request }).catch((error: unknown) => refusalOf(step.work, error));
  await needs.engine.transaction((tx) => endTurn({ step, request, turn }, needs, tx));
}

async function takeTurn(step: HeldStep, signal: AbortSignal, taking: Taking & { readonly request: RunRequest }): Promise<Turn> {
  const { needs, crew, lineOf, request } = taking;
  const kept = await keptGroup(step.id, needs);
  if (kept !== null) return await groupTurn(kept, needs);
  const { asked, order } = await planRequest(request, { line: await lineOf(request), needs, crew, signal });
  if (asked.kind === 'one') return await seedsTurn([asked.seed], order, needs);
  if (asked.kind === 'many') return await seedsTurn(asked.seeds, order, needs);
  const { signal: _, ...lasting } = order;
  return await groupTurn({ group: asked.group, order: lasting, seeds: asked.seeds, runs: {} }, needs);
}

async function seedsTurn(seeds: readonly Seed[], order: SeedOrder, needs: RunNeeds): Promise<Extract<Turn, { kind: 'taken' }>> {
  const attempts = await Promise.all(seeds.map((seed) => findAttempt(seed, order, needs)));
  return {
    kind: 'taken',
    runs: attempts.map(({ input }) => input.run),
    begin: attempts.flatMap(({ input, standing }) => (standing === 'new' ? [input] : [])),
  };
}

async function groupTurn(state: GroupState, needs: RunNeeds): Promise<Turn> {
  const turn = await followGroup(state, needs);
  if (turn.kind === 'rests') return turn;
  if (turn.kind === 'goes-on') return { ...turn, step: await keepGroup(turn.state, needs) };
  const rest = await seedsTurn(state.seeds, state.order, needs);
  return { ...rest, runs: [...turn.runs, ...rest.runs] };
}

function refusalOf(request: string, error: unknown): Turn {
  if (!isJidokaError(error) || !usageCodes.has(error.code)) throw error;
  const { code, message, mend } = error;
  return { kind: 'refused', body: { type: 'request.refused', request, code, message, mend } };
}

interface Ending {
  readonly step: HeldStep;
  readonly request: RunRequest;
  readonly turn: Turn;
}

async function endTurn({ step, request, turn }: Ending, needs: RunNeeds, tx: Tx): Promise<void> {
  const { engine, ledger, clock } = needs;
  if (turn.kind === 'rests') return await engine.defer(step, turn.until, tx);
  await engine.finish(step, tx);
  if (turn.kind !== 'refused') for (const input of turn.begin) await submitRun(input, needs, tx);
  if (turn.kind === 'goes-on') return await engine.plan(step.work, [requestStep(turn.step, request, turn.until)], tx);
  const body: EventBody = turn.kind === 'refused' ? turn.body : { type: 'request.taken', request: step.work, runs: [...turn.runs] };
  await ledger.append(factoryChain, newEvents([[`${body.type}/${step.work}`, body]], clock.now()), tx);
  await engine.end(step.work, toJson(body), tx);
}
