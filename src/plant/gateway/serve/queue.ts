import type { Way } from '../upstream/candidates.ts';
import type { Ask } from './ask.ts';
import { type Refusal, refusal } from './errors.ts';
import type { Gateway } from './gateway.ts';

/** Nobody waits longer than this for a place at a provider: he is told when to come back. */
const longestMs = 10_000;
/** How soon it is looked again whether another request ended. */
const stepMs = 20;

/** Waits for a place at a provider, by the limits that its owner gave it; null where there is one now. */
export async function enter({ board, clock }: Gateway, { reply }: Ask, way: Way, tokens: number): Promise<Refusal | 'left' | null> {
  const until = clock.monotonicMs() + longestMs;
  for (;;) {
    const entered = board.enter(way, tokens);
    if (entered.kind === 'entered') return null;
    const ms = entered.ms ?? stepMs;
    const message = `${way.provider} takes no more requests for now, by the limits of its owner. Ask again.`;
    if (clock.monotonicMs() + ms > until) return refusal('rate-limit', message, { retryAfterMs: Math.max(ms, 1000), retryable: true });
    await clock.sleep(ms, reply.left);
    if (reply.isGone()) return 'left';
  }
}

/** What is told where every upstream is left alone. */
export function atRest({ board }: Gateway, ways: readonly Way[]): Refusal {
  const rests = ways.map((way) => ({ at: way.at, ms: board.restMs(way) }));
  const told = rests.map(({ at, ms }) => `${at} for ${Math.ceil(ms / 1000)} s`).join(', ');
  const retryAfterMs = Math.min(...rests.map(({ ms }) => ms));
  return refusal('overloaded', `Every upstream is left alone after it failed: ${told}. Ask again.`, { retryAfterMs, retryable: true });
}
