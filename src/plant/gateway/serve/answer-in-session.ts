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
  const { request, grant } = ask;
  const id = request.session ?? ask.id;
  const fast = config.simpleTurns?.some((slot) => via.includes(slot)) === true;
  const merit = { chances, value: valueOf(config, grant.caller.line) };
  const placed = placeCall(gateway, { request, session: id, ways, fast, merit });
  const answered = await tryWays(gateway, ask, placed.ways);
  const { paid, ended, tries } = answered;
  const way = paid === null || ended !== 'whole' ? undefined : ways.find(({ at, model }) => at === paid.by.at && model === paid.by.model);
  const isPinned = placed.pins && paid !== null && way !== undefined;
  const { isLost: cacheLost } = isPinned
    ? sessions.answered(id, {
        model: paid.by.model,
        at: paid.by.at,
        tellsOfCache: takesMarks(way),
        usage: paid.usage,
        now: clock.monotonicMs(),
      })
    : { isLost: false };
  const [first, ...others] = tries;
  if (first === undefined) return answered;
  const { plan, pinned, cached, switched, simple } = placed.note;
  const session = { id, plan, pinned, cached, switched, simple, cacheLost };
  return { tries: [{ ...first, session }, ...others], ended, paid };
}
