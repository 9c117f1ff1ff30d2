import { valueOf } from '../../../core/gateway/prefix/merit.ts';
import { placeCall } from '../sessions/place-call.ts';
import type { Way } from '../upstream/candidates.ts';
import { takesMarks } from '../upstream/upstream-of.ts';
import type { Answered, Ask } from './ask.ts';
import type { Gateway } from './gateway.ts';
import { tryWays } from './try-ways.ts';

/** Ways of a slot, with the names that led to them. */
interface Chosen {
  readonly ways: readonly Way[];
  readonly via: readonly string[];
}

/** Answers a request first where its session is, and pins the session where the answer came from. */
export async function answerInSession(gateway: Gateway, ask: Ask, { ways, via }: Chosen): Promise<Answered> {
  const { config, sessions, clock, chances } = gateway;
  const { caller } = ask.grant;
  const fast = config.simpleTurns?.some((slot) => via.includes(slot)) === true;
  const placed = placeCall(gateway, { request: ask.request, caller, ways, fast, merit: { chances, value: valueOf(config, caller.line) } });
  const answered = await tryWays(gateway, { ...ask, request: { ...ask.request, session: placed.note.id } }, placed.ways);
  const { paid, ended } = answered;
  const way = paid === null || ended !== 'whole' ? undefined : ways.find(({ at, model }) => at === paid.by.at && model === paid.by.model);
  const isPinned = placed.pins && paid !== null && way !== undefined;
  const { isLost } = isPinned
    ? sessions.answered(placed.note.id, {
        ...paid.by,
        tellsOfCache: takesMarks(way),
        usage: paid.usage,
        now: clock.monotonicMs(),
      })
    : { isLost: false };
  const [first, ...others] = answered.tries;
  if (first === undefined) return answered;
  return { ...answered, tries: [{ ...first, session: { ...placed.note, cacheLost: isLost } }, ...others] };
}
