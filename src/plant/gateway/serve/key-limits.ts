import type { Ask } from './ask.ts';
import { type Refusal, refusal } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { mostPromptTokens } from './pay.ts';

/** Takes a place under the limits of a key; what its holder is told where there is none now. */
export async function enterByKey({ budgets }: Gateway, ask: Ask): Promise<Refusal | null> {
  const { keyId, grant, request } = ask;
  if (!isLimited(ask)) return null;
  const limited = { key: `key:${keyId}`, of: 'this key', limits: grant.limits };
  const held = await budgets.enter(placeOf(ask), limited, mostPromptTokens(request));
  if (held.kind === 'held') return null;
  const more = { retryAfterMs: Math.max(held.againMs ?? 0, 1000), retryable: true };
  return refusal('rate-limit', 'This key has no room for another request now. Ask again.', more);
}

/** Gives it back: of a minute it stays taken. */
export function leaveByKey({ budgets }: Gateway, ask: Ask): void {
  if (isLimited(ask)) budgets.settle(placeOf(ask), { microUsd: 0, tokens: mostPromptTokens(ask.request), calls: 1 });
}

function isLimited({ grant: { limits } }: Ask): boolean {
  return Object.keys(limits).length > 0;
}

function placeOf({ id }: Ask): string {
  return `${id} by key`;
}
