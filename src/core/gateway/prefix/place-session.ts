import type { MicroUsd } from '../money/micro-usd.ts';
import type { Price } from '../money/price.ts';
import type { Merit } from './merit.ts';
import { type Pin, staysPinned, warmPrefix } from './pin.ts';
import type { Session } from './session.ts';
import { weighSwitch } from './weigh-switch.ts';

/** One upstream that may be asked for a session. */
export interface Place {
  readonly model: string;
  /** `PROVIDER/NAME`. */
  readonly at: string;
  readonly price: Price;
}

/** Why a session was asked elsewhere than where it is pinned, and what that was taken to cost; null where nobody knows the price. */
export interface SwitchNote {
  readonly why: 'pays' | 'gone' | 'rests';
  readonly takes: MicroUsd | null;
  readonly sentence: string;
}

/** Where a session's next call is asked first. */
export interface Placed<P extends Place> {
  /** Null where nobody can be asked. */
  readonly first: P | null;
  /** `PROVIDER/NAME` where the session was; null for a new one. */
  readonly pinned: string | null;
  /** Tokens that are in the cache there. */
  readonly cached: number;
  /** Null where it stays, or is new. */
  readonly switched: SwitchNote | null;
}

export interface PlaceContext<P extends Place> {
  readonly isUsable: (place: P) => boolean;
  /** Whether the model is in the middle of a thought: looked up only where it decides. */
  readonly isOpenExchange: () => boolean;
  readonly merit: Merit;
  /** Milliseconds. */
  readonly now: number;
}

/**
 * Where a session's next call is asked first: where it is pinned as long as that can be asked, and elsewhere only where that pays; a new
 * session by the order of the plan.
 */
export function placeSession<P extends Place>(session: Session | null, places: readonly P[], context: PlaceContext<P>): Placed<P> {
  const { isUsable, isOpenExchange, merit, now } = context;
  const preferred = places.find(isUsable) ?? null;
  const [pin] = session?.pins ?? [];
  if (session === null || pin === undefined) return { first: preferred, pinned: null, cached: 0, switched: null };
  const pinned = pin.at;
  const cached = warmPrefix(pin, now);
  const here = places.find(({ at, model }) => at === pin.at && model === pin.model);
  if (preferred === null) return { first: null, pinned, cached, switched: null };
  if (here === preferred) return { first: here, pinned, cached, switched: null };
  const move = { session, pin, here: here?.price ?? 'unpriced', to: preferred, merit, now } as const;
  if (here === undefined || !isUsable(here))
    return { first: preferred, pinned, cached, switched: forced(pin, here === undefined ? 'gone' : 'rests', weighSwitch(move).takes) };
  const { isWorth, takes, sentence } = weighSwitch(move);
  const isOpen = isWorth && isOpenExchange();
  if (staysPinned({ isOpenExchange: isOpen, isUsable: true, isWorth, now })) return { first: here, pinned, cached, switched: null };
  return { first: preferred, pinned, cached, switched: { why: 'pays', takes, sentence } };
}

function forced({ at }: Pin, why: 'gone' | 'rests', takes: MicroUsd | null): SwitchNote {
  const sentence = why === 'gone' ? `${at} is no way of this call any more.` : `${at} is left alone for now.`;
  return { why, takes, sentence };
}
