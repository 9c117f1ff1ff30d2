import type { Merit } from '../../../core/gateway/prefix/merit.ts';
import { placeSession } from '../../../core/gateway/prefix/place-session.ts';
import type { SessionNote } from '../../../core/gateway/prefix/session-note.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Way } from '../upstream/candidates.ts';
import type { HealthBoard } from '../upstream/health-board.ts';
import type { Request } from '../upstream/order-for.ts';
import { isOpenExchange } from './open-exchange.ts';
import type { SessionTable } from './session-table.ts';
import { fastestFirst } from './simple-turn.ts';

/** A call with the ways of its slot in the order in which they are tried. */
export interface PlacedCall {
  readonly ways: readonly Way[];
  readonly note: Omit<SessionNote, 'id' | 'cacheLost'>;
  /** Whether its session is pinned where it is answered: a simple turn that went elsewhere is none of its place. */
  readonly pins: boolean;
}

export interface Call {
  readonly request: Request;
  /** Names its session. */
  readonly session: string;
  /** In the order of the plan. */
  readonly ways: readonly Way[];
  /** Whether the slot lets the fastest model take simple turns. */
  readonly fast: boolean;
  /** What models are worth to him. */
  readonly merit: Merit;
}

/** Puts the way first that the session of a call is pinned to, or that it should be asked by. */
export function placeCall(
  { board, sessions, clock }: { readonly board: HealthBoard; readonly sessions: SessionTable; readonly clock: Clock },
  { request, session, ways, fast, merit }: Call,
): PlacedCall {
  const { first, pinned, cached, switched } = placeSession(sessions.find(session), ways, {
    isUsable: (way) => board.isUsable(way),
    isOpenExchange: () => isOpenExchange(request),
    merit,
    now: clock.monotonicMs(),
  });
  const plan = [...new Set(ways.map(({ model }) => model))];
  const held = first === null || first === ways[0] ? ways : [first, ...ways.filter((way) => way !== first)];
  // What is in a cache is worth more than an answer that comes a little sooner.
  const fastest = fast && cached === 0 ? fastestFirst(request, ways, board) : null;
  const note = { plan, pinned, cached, switched: fastest === null ? switched : null, simple: fastest !== null };
  return { ways: fastest ?? held, note, pins: fastest === null || fastest[0] === first };
}
