import { nothing } from '../../../core/gateway/budget/amount.ts';
import type { BudgetOf } from '../../../core/gateway/budget/budget-rule.ts';
import type { Held } from '../../../core/ports/gateway/model-budgets.ts';
import { answerCount } from './answer-count.ts';
import { type Answered, type Ask, paidSoFar, refused } from './ask.ts';
import { chooseWays } from './choose-ways.ts';
import { type Refusal, refusal } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { mostOf } from './pay.ts';
import { answerInSession } from './answer-in-session.ts';

/** Answers a request by the ways of its slot, within its budgets: reserved before anybody is asked, settled with what it came to. */
export async function answerAsk(gateway: Gateway, ask: Ask): Promise<Answered> {
  const { budgets } = gateway;
  await budgets.learn(ask.grant.caller);
  const chosen = chooseWays(gateway, ask);
  if (chosen.kind === 'refused') return refused(ask, chosen.refusal);
  ask.underWay.slot = chosen.via[0] ?? null;
  if (ask.request.what === 'count') return answerCount(gateway, ask, chosen.ways);
  const { id, grant, request } = ask;
  const held = await budgets.reserve({ id, caller: grant.caller, own: ownBudgets(ask), amount: mostOf(request, chosen.ways) });
  if (held.kind === 'refused') return refused(ask, noRoom(held));
  try {
    return await answerInSession(gateway, ask, chosen);
  } finally {
    budgets.settle(id, paidSoFar(ask)?.amount ?? nothing);
  }
}

function noRoom({ sentence, againMs }: Extract<Held, { kind: 'refused' }>): Refusal {
  if (againMs !== null) return refusal('rate-limit', `${sentence} Ask again.`, { retryAfterMs: Math.max(againMs, 1000), retryable: true });
  // No waiting mends it, so nobody is told to come back: agents ask again after every 429.
  return refusal('quota', `${sentence} Hand back what you have.`);
}

function ownBudgets({ grant: { caps }, keyId }: Ask): readonly BudgetOf[] {
  return caps === null ? [] : [{ key: `key:${keyId}`, of: 'this key', caps }];
}
