import { costOf } from '../money/cost.ts';
import type { MicroUsd } from '../money/micro-usd.ts';
import type { Price } from '../money/price.ts';
import { noUsage, type Usage } from '../money/usage.ts';
import { gainOf, type Merit } from './merit.ts';
import { type Pin, warmPrefix } from './pin.ts';
import type { Session } from './session.ts';
import { adviseSwitch, type SwitchAdvice } from './switch-rule.ts';

/** A switch of a session from where it is pinned to another upstream. */
export interface Move {
  readonly session: Session;
  readonly pin: Pin;
  /** Price where it is pinned. */
  readonly here: Price;
  readonly to: { readonly model: string; readonly at: string; readonly price: Price };
  readonly merit: Merit;
  /** Milliseconds. */
  readonly now: number;
}

/** A session goes on about as long as it went on so far; of longer ones nobody counts on more calls than this. */
const mostCallsAhead = 40;
/** What it costs that an agent goes on in another voice: two cents. */
const otherVoice = 20_000;

/**
 * What a switch brings and takes in money, over the calls that are still to come, which are taken to be as many as there were so far, and by
 * what the other model is worth. Where both caches are cold it takes nothing to go back to the same model of another provider.
 *
 * @example
 * weighSwitch({ session, pin, here: price, to: { model: 'strong', at: 'a/big', price }, merit, now }).sentence; // 'A switch brings $0.01 and takes $0.37.'
 */
export function weighSwitch({ session, pin, here, to, merit, now }: Move): SwitchAdvice {
  const { prompt, output, calls, pins } = session;
  const known = pins.find(({ at }) => at === to.at);
  const warmHere = Math.min(prompt, warmPrefix(pin, now));
  const warmThere = known === undefined ? 0 : Math.min(prompt, warmPrefix(known, now));
  const ahead = Math.max(0, Math.min(calls, mostCallsAhead) - 1);
  const caches = pin.prefix > 0;
  const stay = priced(here, { cacheRead: warmHere, [caches ? 'cacheWrite5m' : 'input']: prompt - warmHere, output });
  const later = priced(here, { [caches ? 'cacheRead' : 'input']: prompt, output });
  const go = priced(to.price, { cacheRead: warmThere, output });
  const laterThere = priced(to.price, { cacheRead: prompt, output });
  return adviseSwitch({
    gain: gainOf(merit, pin.model, to.model),
    value: merit.value,
    saved: stay - go + ahead * (later - laterThere),
    unreadPrefix: prompt - warmThere,
    price: to.price,
    keeps: '5m',
    // Only a cache that is warm is at stake.
    margin: Math.round(priced(to.price, { cacheWrite5m: warmHere }) / 10),
    stability: to.model === pin.model ? 0 : otherVoice,
  });
}

function priced(price: Price, usage: Partial<Usage>): MicroUsd {
  const cost = costOf({ ...noUsage, ...usage }, price);
  return cost.kind === 'priced' ? cost.microUsd : 0;
}
