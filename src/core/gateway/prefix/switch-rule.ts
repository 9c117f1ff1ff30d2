import { costOf } from '../money/cost.ts';
import { inUsd, type MicroUsd } from '../money/micro-usd.ts';
import type { Price } from '../money/price.ts';
import { noUsage } from '../money/usage.ts';

/** What a change of model in the middle of a session would bring, and what it would take. */
export interface Switch {
  /** How much more likely a right result is with the other model, from -1 to 1. */
  readonly gain: number;
  /** What a right result is worth. */
  readonly value: MicroUsd;
  /** What the rest of the session costs less with the other model; below zero where it costs more. */
  readonly saved: MicroUsd;
  /** Tokens of the prompt that the other model has not in its cache. */
  readonly unreadPrefix: number;
  readonly price: Price;
  /** Whether its provider is asked to keep the prefix for an hour. */
  readonly keeps: '5m' | '1h';
  /** What a switch must bring beyond its cost, because estimates are estimates. */
  readonly margin: MicroUsd;
  /** What it costs that an agent goes on in another voice. */
  readonly stability: MicroUsd;
}

export interface SwitchAdvice {
  readonly isWorth: boolean;
  readonly brings: MicroUsd;
  /** null where nobody knows the price: such a switch is never worth it. */
  readonly takes: MicroUsd | null;
  readonly sentence: string;
}

/**
 * Whether a session should change its model: what that brings must reach what writing the unread prefix costs, a margin,
 * and the worth of going on as before.
 *
 * @example
 * adviseSwitch({ gain: 0.1, value: 10_000_000, unreadPrefix: 60_000, … }).sentence; // 'A switch brings $1.00 and takes $0.42.'
 */
export function adviseSwitch({ gain, value, saved, unreadPrefix, price, keeps, margin, stability }: Switch): SwitchAdvice {
  const brings = Math.round(gain * value) + saved;
  const write = costOf({ ...noUsage, [keeps === '1h' ? 'cacheWrite1h' : 'cacheWrite5m']: unreadPrefix }, price);
  const takes = write.kind === 'priced' ? write.microUsd + margin + stability : null;
  if (takes === null)
    return { isWorth: false, brings, takes, sentence: 'Nobody knows what a switch costs: the price of the other model is unknown.' };
  return { isWorth: brings >= takes, brings, takes, sentence: `A switch brings ${inUsd(brings)} and takes ${inUsd(takes)}.` };
}
