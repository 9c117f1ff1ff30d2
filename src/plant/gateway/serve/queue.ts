import type { Limited } from '../../../core/gateway/budget/window.ts';
import { own } from '../../../core/gateway/config/resolve-slot.ts';
import type { Way } from '../upstream/candidates.ts';
import type { Ask } from './ask.ts';
import { type Refusal, refusal } from './errors.ts';
import type { Gateway } from './gateway.ts';

/** Nobody waits longer than this for a place at a provider: he is told when to come back. */
const longestMs = 10_000;

/**
 * Waits for a place at a provider, by the limits that its owner gave it; null where there is one now. `elsewhere` where the upstream is
 * just tried by somebody else.
 */
export async function enter(gateway: Gateway, ask: Ask, way: Way, tokens: number): Promise<Refusal | 'left' | 'elsewhere' | null> {
  const { board, budgets, clock, config } = gateway;
  const limits = own(config.providers, way.provider)?.limits;
  const limited = limits === undefined ? null : { key: `provider:${way.provider}`, of: way.provider, limits };
  const shut = limited === null ? null : await placed({ budgets, clock }, { id: placeOf(ask, way), limited, tokens }, ask.reply);
  if (shut !== null) return shut;
  if (await board.enter(way)) return null;
  leave(gateway, ask, way, 0);
  return 'elsewhere';
}

/** Gives a place back, with the tokens that were used. */
export function leave({ budgets }: Gateway, ask: Ask, way: Way, used: number): void {
  budgets.settle(placeOf(ask, way), { microUsd: 0, tokens: used, calls: 1 });
}

function placeOf({ id }: Ask, { at }: Way): string {
  return `${id} ${at}`;
}

interface Place {
  readonly id: string;
  readonly limited: Limited;
  readonly tokens: number;
}

async function placed(
  { budgets, clock }: Pick<Gateway, 'budgets' | 'clock'>,
  { id, limited, tokens }: Place,
  reply: Ask['reply'],
): Promise<Refusal | 'left' | null> {
  const until = clock.monotonicMs() + longestMs;
  for (;;) {
    const held = await budgets.enter(id, limited, tokens);
    if (held.kind === 'held') return null;
    const ms = held.againMs ?? longestMs;
    const message = `${limited.of} takes no more requests for now, by the limits of its owner. Ask again.`;
    if (clock.monotonicMs() + ms > until) return refusal('rate-limit', message, { retryAfterMs: Math.max(ms, 1000), retryable: true });
    await clock.sleep(ms, reply.left);
    if (reply.isGone()) return 'left';
  }
}

/** What is told where every upstream is left alone. */
export function atRest({ board }: Gateway, ways: readonly Way[]): Refusal {
  const rests = ways.map((way) => ({ at: way.at, ms: board.restMs(way) }));
  const told = rests.map(({ at, ms }) => `${at} for ${Math.ceil(ms / 1000)} s`).join(', ');
  if (ways.every((way) => board.isCut(way))) {
    const why = `Every upstream refuses this gateway, or does not have the model: ${told}. Its owner has to mend its key, or the name of the model.`;
    return refusal('denied', why);
  }
  const retryAfterMs = Math.min(...rests.map(({ ms }) => ms));
  return refusal('overloaded', `Every upstream is left alone after it failed: ${told}. Ask again.`, { retryAfterMs, retryable: true });
}
