import { nextTry, type Next } from '../../../core/gateway/failover/next-try.ts';
import { beginTries, type TryState } from '../../../core/gateway/failover/try-state.ts';
import { allTokens } from '../../../core/gateway/money/usage.ts';
import type { RecordedTry } from '../../../core/ports/gateway/call-recorder.ts';
import type { Way } from '../upstream/candidates.ts';
import { type Order, orderFor, type Request } from '../upstream/order-for.ts';
import { type Answered, type Ask, refused } from './ask.ts';
import { countingFor } from './counted.ts';
import { type Refusal, refusal } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { oneTry, type Tried } from './one-try.ts';
import { mostPromptTokens, type Paid, paidFor } from './pay.ts';
import { atRest, enter, leave } from './queue.ts';

/** Tries the ways of a request one after the other, as failover has it, until one of them answers or none is left. */
export async function tryWays(gateway: Gateway, ask: Ask, ways: readonly Way[]): Promise<Answered> {
  const { board, clock, deadlines } = gateway;
  const { reply, request } = ask;
  const first = ways.find((way) => board.isUsable(way));
  if (first === undefined) return refused(ask, atRest(gateway, ways));
  const deadlineAt = clock.monotonicMs() + deadlines.triesMs;
  const done: Tries = { tries: [], paid: null };
  ask.underWay.tries = done.tries;
  let walk: Walk = { left: ways, way: first, state: beginTries(ways, { first, deadlineAt, retriesOfCaller: retriesOf(request) }) };
  for (;;) {
    const found = orderOn(gateway, request, walk);
    if (found.kind === 'refused') return refused(ask, refusal('bad-request', found.message), done.tries);
    ({ walk } = found);
    const shut = await enter(gateway, ask, walk.way, mostPromptTokens(request));
    if (shut === 'left') return { ...done, ended: 'left' };
    const other: Walk | null = shut === 'elsewhere' ? otherThan(walk, board) : walk;
    if (other === null) return refused(ask, atRest(gateway, walk.left), done.tries);
    if (shut === 'elsewhere') {
      walk = other;
      continue;
    }
    if (shut !== null) return refused(ask, shut, done.tries);
    const tried = await tryOnce(gateway, ask, { way: walk.way, order: found.order, done });
    const moment = { now: clock.monotonicMs(), chance: gateway.chance(), isUsable: board.isUsable };
    const next = nextTry(walk.state, tried.outcome, moment);
    if (next.kind === 'flow') {
      const writingMs = request.stream === true ? (done.tries.at(-1)?.ms ?? 0) - tried.firstContentMs : 0;
      board.answered(walk.way, tried.firstContentMs, done.paid?.usage.output ?? 0, writingMs);
      return { tries: done.tries, paid: done.paid, ended: 'whole' };
    }
    if (next.mark !== null) board.mark(next.mark);
    if (next.kind === 'stop') return stopped(ask, { next, tried, done });
    await clock.sleep(next.waitMs, reply.left);
    if (reply.isGone()) return { ...done, ended: 'left' };
    const { candidate, state } = next;
    walk = { ...walk, state, way: walk.left.find(({ at }) => at === candidate.at) ?? walk.way };
  }
}

/** Where a request is on its ways. */
interface Walk {
  /** Ways that can be told what it says. */
  readonly left: readonly Way[];
  readonly way: Way;
  readonly state: TryState;
}

interface Tries {
  readonly tries: RecordedTry[];
  paid: Paid | null;
}

type Found =
  | { readonly kind: 'found'; readonly walk: Walk; readonly order: Order }
  | { readonly kind: 'refused'; readonly message: string };

/** The order for the way that is next. Where that one cannot be told what the request says, another one may: nobody was asked yet. */
function orderOn({ board, world }: Pick<Gateway, 'board' | 'world'>, request: Request, walk: Walk): Found {
  const { way, state } = walk;
  const order = orderFor(request, way, { repairs: state.repairs, world, counted: countingFor(request, way) });
  if (order.kind === 'order') return { kind: 'found', walk, order };
  const other = otherThan(walk, board);
  return other === null ? order : orderOn({ board, world }, request, other);
}

/** Where a request goes in the place of a way that was not asked; null where no other is left. */
function otherThan({ left: before, way, state }: Walk, { isUsable }: Pick<Gateway['board'], 'isUsable'>): Walk | null {
  const left = before.filter(({ at }) => at !== way.at);
  const other = left.find((one) => !state.lost.includes(one.at) && isUsable(one));
  if (other === undefined) return null;
  const tries = { ...state.tries, [other.at]: (state.tries[other.at] ?? 0) + 1 };
  return { left, way: other, state: { ...state, candidates: left, current: other, tries } };
}

async function tryOnce(
  gateway: Gateway,
  ask: Ask,
  { way, order, done }: { readonly way: Way; readonly order: Order; readonly done: Tries },
): Promise<Tried> {
  const { agents, clock, deadlines, today } = gateway;
  const { request, reply } = ask;
  const now = (): number => clock.monotonicMs();
  const startedAt = now();
  ask.underWay.asked = { way, lane: order.lane };
  let resent = false as boolean;
  const onResent = (): void => void (resent = true);
  const tried = await oneTry({ request, order, reply, agents, deadlines, onResent, now, today });
  const { outcome } = tried;
  // Whoever refused, or said nothing that was let through, bills nothing.
  const isPaid = reply.begun() !== null || outcome.kind === 'left';
  done.paid = isPaid ? paidFor(request, way, order.lane.told(), outcome.kind === 'content') : null;
  ask.underWay.asked = null;
  ask.underWay.paid = done.paid;
  leave(gateway, ask, way, done.paid === null ? mostPromptTokens(request) : allTokens(done.paid.usage));
  const one: RecordedTry = {
    at: way.at,
    lane: order.lane.kind,
    ms: now() - startedAt,
    outcome: outcome.kind === 'refused' ? `refused ${outcome.status}` : outcome.kind,
    leftOut: order.leftOut,
    ...(resent && { resent }),
  };
  const { refused: said } = tried;
  done.tries.push(said === null ? one : { ...one, words: said.message.slice(0, longestWords) });
  return tried;
}

/** Of what an upstream says of its refusal so much is kept. */
const longestWords = 500;

interface Stopped {
  readonly next: Extract<Next, { readonly kind: 'stop' }>;
  readonly tried: Tried;
  readonly done: Tries;
}

function stopped(ask: Ask, { next, tried, done }: Stopped): Answered {
  const { outcome, refused: said } = tried;
  if (outcome.kind === 'left' || outcome.kind === 'broken-off') return { ...done, ended: outcome.kind };
  // What is wrong with a request only the upstream knows; of everything else the caller hears in our words.
  const why = next.status === 400 && said !== null ? { fault: said, retryable: false } : inOurWords(next);
  return refused(ask, why, done.tries);
}

function inOurWords({ status, retryable, retryAfterMs, sentence }: Stopped['next']): Refusal {
  const kinds: Readonly<Record<number, Refusal['fault']['kind']>> = {
    400: 'bad-request',
    403: 'denied',
    404: 'unknown',
    429: 'rate-limit',
  };
  return refusal(kinds[status] ?? 'overloaded', sentence, { retryAfterMs, retryable });
}

function retriesOf({ headers }: Request): number {
  const told = Number(headers['x-stainless-retry-count'] ?? 0);
  return Number.isSafeInteger(told) && told > 0 ? told : 0;
}
