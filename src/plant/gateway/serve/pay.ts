import { greater, nothing, type Amount } from '../../../core/gateway/budget/amount.ts';
import { savedByCache } from '../../../core/gateway/money/cache-savings.ts';
import { costOf, type Cost } from '../../../core/gateway/money/cost.ts';
import type { MicroUsd } from '../../../core/gateway/money/micro-usd.ts';
import { upperEstimate, upperPromptTokens } from '../../../core/gateway/money/upper-estimate.ts';
import { allTokens, type Usage } from '../../../core/gateway/money/usage.ts';
import type { AskedBody } from '../body/asked.ts';
import type { Told } from '../lane/lane.ts';
import type { Way } from '../upstream/candidates.ts';
import type { Ahead, Request } from '../upstream/order-for.ts';
import { countedFor, mostOutput } from './counted.ts';

/** The most that a request may come to, whichever of its ways is taken in the end. */
export function mostOf({ ahead, protocol }: Request, ways: readonly Way[]): Amount {
  return ways
    .map((way): Amount => {
      // A translation marks what is to be cached, and so does the gateway where it may: the caller is billed for what is written.
      const marks = ahead.cache === 'none' && marksFor(way, protocol);
      const cache = marks ? '5m' : ahead.cache;
      const window = ahead.elsewhere ? way.window : null;
      const estimate = upperEstimate({ ...ahead, cache, window, maxOutput: mostOutput(ahead, way) }, way.price);
      return estimate.kind === 'priced' ? estimate.amount : { microUsd: 0, tokens: estimate.tokens, calls: 1 };
    })
    .reduce(greater, nothing);
}

/** Whether a request of this protocol has marks put in for an upstream. */
function marksFor({ protocol: to, inserts }: Way, from: Request['protocol']): boolean {
  return to === 'sdk' || (to === 'messages' && (inserts || from !== 'messages'));
}

/** Tokens that its prompt may have by its bytes: limits of a minute are kept by these, and what lies elsewhere is counted when it was used. */
export function mostPromptTokens({ ahead }: Request): number {
  return upperPromptTokens({ ...ahead, window: null, maxOutput: 0 });
}

/** What is known of a request from its bytes. */
export function aheadOf(body: Buffer, asked: AskedBody): Ahead {
  const { imageBytes, images, references, cache, maxOutput, answers, elsewhere } = asked;
  return { textBytes: body.length - imageBytes, images: images + references.pictures, maxOutput, answers, elsewhere, cache, before: null };
}

/** What a call came to. */
export interface Paid {
  readonly usage: Usage;
  /** Whether tokens are a guess. */
  readonly estimated: boolean;
  readonly cost: Cost;
  /** What the cache of the provider saved; null where nobody knows the price. */
  readonly saved: MicroUsd | null;
  /** Who was at work for it. */
  readonly by: { readonly model: string; readonly at: string };
  readonly amount: Amount;
}

/** What a call came to, by what its upstream told, and by what was sent and said where it told of nothing that can be. */
export function paidFor(request: Request, way: Way, told: Told, isWhole: boolean): Paid {
  const { price, model, at } = way;
  const { usage, estimated } = countedFor(request, way, told, isWhole);
  const cost = costOf(usage, price);
  const amount = { microUsd: cost.kind === 'priced' ? cost.microUsd : 0, tokens: allTokens(usage), calls: 1 };
  return { usage, estimated, cost, saved: savedByCache(usage, price), by: { model, at }, amount };
}
