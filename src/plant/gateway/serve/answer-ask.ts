import { frugal } from '../../../core/gateway/budget/frugal.ts';
import { nothing } from '../../../core/gateway/budget/amount.ts';
import { own, resolveSlot } from '../../../core/gateway/config/resolve-slot.ts';
import { nextTry, type Next } from '../../../core/gateway/failover/next-try.ts';
import { beginTries, type TryState } from '../../../core/gateway/failover/try-state.ts';
import { allTokens } from '../../../core/gateway/money/usage.ts';
import type { RecordedTry } from '../../../core/ports/gateway/call-recorder.ts';
import type { KeyGrant } from '../../../core/ports/gateway/virtual-keys.ts';
import type { Way } from '../upstream/candidates.ts';
import { waysFor } from '../upstream/candidates.ts';
import { orderFor, type Request } from '../upstream/order-for.ts';
import { countTokens } from './count-tokens.ts';
import { type Refusal, refusal, refuse } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { oneTry, type Tried } from './one-try.ts';
import { mostOf, mostPromptTokens, type Paid, paidFor } from './pay.ts';
import type { ReplyTo } from './reply-to.ts';

/** One request of a known caller, under way. */
export interface Ask {
  readonly id: string;
  readonly request: Request;
  readonly grant: KeyGrant;
  readonly keyId: string;
  readonly reply: ReplyTo;
}

/** What became of a request, for the record. */
export interface Answered {
  readonly tries: readonly RecordedTry[];
  readonly ended: 'whole' | 'refused' | 'broken-off' | 'left';
  readonly paid: Paid | null;
}

/** Answers a request by the ways of its slot, one after the other, until one of them does. */
export async function answerAsk(gateway: Gateway, ask: Ask): Promise<Answered> {
  const { request, reply } = ask;
  const chosen = chooseWays(gateway, ask);
  if (chosen.kind === 'refused') return refused(ask, chosen.refusal);
  const { ways } = chosen;
  if (request.what === 'count') {
    const native = ways.filter(({ protocol }) => protocol === request.protocol);
    if (native.length > 0) return tryWays(gateway, ask, native);
    countTokens(reply, request);
    return { tries: [], ended: 'whole', paid: null };
  }
  const own = ask.grant.caps === null ? [] : [{ key: `key:${ask.keyId}`, of: 'this key', caps: ask.grant.caps }];
  const amount = mostOf(request, ways);
  const held = await gateway.budgets.reserve({ id: ask.id, caller: ask.grant.caller, own, amount });
  if (held.kind === 'refused') return refused(ask, refusal('quota', `${held.sentence} Hand back what you have.`));
  let answered: Answered | null = null;
  try {
    answered = await tryWays(gateway, ask, ways);
    return answered;
  } finally {
    gateway.budgets.settle(ask.id, answered?.paid?.amount ?? nothing);
  }
}

function refused({ reply, request }: Ask, why: Refusal, tries: readonly RecordedTry[] = []): Answered {
  refuse(reply, request.protocol, why);
  return { tries, ended: 'refused', paid: null };
}

type Chosen = { readonly kind: 'ways'; readonly ways: readonly Way[] } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The ways that the owner's configuration has for what was named. */
function chooseWays({ config, keys, budgets }: Gateway, { request, grant }: Ask): Chosen {
  const { alias, protocol } = request;
  const { slots } = grant;
  const resolved = slots !== null && !slots.includes(alias) ? null : resolveSlot(config, alias);
  if (resolved === null) {
    const names = slots ?? Object.keys(config.slots);
    return {
      kind: 'refused',
      refusal: refusal('unknown', `This key has no model "${alias.slice(0, 120)}". There are: ${names.join(', ')}.`),
    };
  }
  const isTight = resolved.models.length > 1 && budgets.strained(grant.caller).length > 0;
  const models = isTight ? frugal(resolved.models, (model) => own(config.models, model)?.price ?? 'unpriced') : resolved.models;
  const { ways, noWays } = waysFor(config, keys, { models, from: protocol });
  if (ways.length > 0) return { kind: 'ways', ways };
  const why = noWays.map((noWay) => `${noWay.at} ${noWay.why}`).join('; ');
  return {
    kind: 'refused',
    refusal: refusal('server', `Nothing can answer "${alias}" here: ${why}. The owner of the gateway has to mend that.`),
  };
}

async function tryWays(gateway: Gateway, ask: Ask, ways: readonly Way[]): Promise<Answered> {
  const { board, clock, deadlines } = gateway;
  const { reply, request } = ask;
  const tries: RecordedTry[] = [];
  const first = ways.find((way) => board.isUsable(way));
  if (first === undefined) return refused(ask, atRest(gateway, ways));
  const begunAt = clock.monotonicMs();
  let left = ways;
  let way = first;
  let state: TryState = beginTries(ways, { first, deadlineAt: begunAt + deadlines.triesMs, retriesOfCaller: retriesOf(request) });
  for (;;) {
    const order = orderFor(request, way, { repairs: state.repairs, world: gateway.world });
    if (order.kind === 'refused') {
      // Another way may take it as it is; nobody was asked yet.
      left = left.filter(({ at }) => at !== way.at);
      const other = left.find((one) => !state.lost.includes(one.at) && board.isUsable(one));
      if (other === undefined) return refused(ask, refusal('bad-request', order.message), tries);
      way = other;
      state = { ...state, candidates: left, current: other, tries: { ...state.tries, [other.at]: 1 } };
      continue;
    }
    const tokens = mostPromptTokens(request);
    const entered = await enter(gateway, ask, way, tokens);
    if (entered !== null) return entered === 'left' ? { tries, ended: 'left', paid: null } : refused(ask, entered, tries);
    const startedAt = clock.monotonicMs();
    const tried = await oneTry({
      request,
      order,
      reply,
      agents: gateway.agents,
      deadlines,
      now: () => clock.monotonicMs(),
      today: gateway.today,
    });
    const { outcome } = tried;
    const paid =
      reply.begun() === null && outcome.kind !== 'left' ? null : paidFor(request, way, order.lane.told(), outcome.kind === 'content');
    board.leave(way, { taken: tokens, used: paid === null ? tokens : allTokens(paid.usage) });
    const lane = way.protocol === request.protocol ? 'pass-through' : 'translate';
    const ms = clock.monotonicMs() - startedAt;
    tries.push({
      at: way.at,
      lane,
      ms,
      outcome: outcome.kind === 'refused' ? `refused ${outcome.status}` : outcome.kind,
      leftOut: order.leftOut,
    });
    const { isUsable } = board;
    const next = nextTry(state, outcome, { now: clock.monotonicMs(), chance: gateway.chance(), isUsable });
    if (next.kind === 'flow') {
      board.answered(way, tried.firstContentMs);
      return { tries, ended: 'whole', paid };
    }
    if (next.mark !== null) board.mark(next.mark);
    if (next.kind === 'stop') return stopped(ask, { next, tried, tries, paid });
    await clock.sleep(next.waitMs, reply.left);
    if (reply.left.aborted) return { tries, ended: 'left', paid };
    ({ state } = next);
    way = left.find(({ at }) => at === next.candidate.at) ?? way;
  }
}

interface Stopped {
  readonly next: Extract<Next, { readonly kind: 'stop' }>;
  readonly tried: Tried;
  readonly tries: readonly RecordedTry[];
  readonly paid: Paid | null;
}

function stopped(ask: Ask, { next, tried, tries, paid }: Stopped): Answered {
  const { outcome, refused: said } = tried;
  if (outcome.kind === 'left') return { tries, ended: 'left', paid };
  if (outcome.kind === 'broken-off') return { tries, ended: 'broken-off', paid };
  // What is wrong with a request only the upstream knows; of everything else the caller hears in our words.
  if (next.status === 400 && said !== null) return refused(ask, { fault: said.fault, retryable: false }, tries);
  const { status, retryable, retryAfterMs, sentence } = next;
  const kind =
    status === 429 ? 'rate-limit' : status === 403 ? 'denied' : status === 404 ? 'unknown' : status === 400 ? 'bad-request' : 'overloaded';
  return refused(ask, refusal(kind, sentence, { retryAfterMs, retryable }), tries);
}

/** Waits for a place at a provider, as long as anybody waits for one. */
async function enter({ board, clock }: Gateway, { reply }: Ask, way: Way, tokens: number): Promise<Refusal | 'left' | null> {
  const until = clock.monotonicMs() + longestQueueMs;
  for (;;) {
    const entered = board.enter(way, tokens);
    if (entered.kind === 'entered') return null;
    const ms = entered.ms ?? queueStepMs;
    if (clock.monotonicMs() + ms > until)
      return refusal('rate-limit', `${way.provider} takes no more requests for now, by the limits of its owner. Ask again.`, {
        retryAfterMs: ms,
        retryable: true,
      });
    await clock.sleep(ms, reply.left);
    if (reply.left.aborted) return 'left';
  }
}

const longestQueueMs = 10_000;
const queueStepMs = 20;

function atRest({ board }: Gateway, ways: readonly Way[]): Refusal {
  const rests = ways.map((way) => ({ at: way.at, ms: board.restMs(way) }));
  const soonest = Math.min(...rests.map(({ ms }) => ms));
  const told = rests.map(({ at, ms }) => `${at} for ${Math.ceil(ms / 1000)} s`).join(', ');
  return refusal('overloaded', `Every upstream is left alone after it failed: ${told}. Ask again.`, {
    retryAfterMs: soonest,
    retryable: true,
  });
}

function retriesOf({ headers }: Request): number {
  const told = Number(headers['x-stainless-retry-count'] ?? 0);
  return Number.isSafeInteger(told) && told > 0 ? told : 0;
}
