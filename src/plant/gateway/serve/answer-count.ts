import { asTold } from '../translate/answer/told-usage.ts';
import type { Way } from '../upstream/candidates.ts';
import { orderFor, type Request } from '../upstream/order-for.ts';
import type { Answered, Ask } from './ask.ts';
import type { Gateway } from './gateway.ts';
import { oneTry } from './one-try.ts';
import type { Reply } from './reply-to.ts';

/**
 * Tells how long a prompt is: as an upstream of the caller's own protocol counts it, and else by a guess. That an upstream counts
 * nothing says nothing of its health.
 */
export async function answerCount(gateway: Gateway, ask: Ask, ways: readonly Way[]): Promise<Answered> {
  const { agents, board, clock, deadlines, today, world } = gateway;
  const { request, reply } = ask;
  const way = ways.find((one) => one.protocol === request.protocol && board.isUsable(one));
  const order = way === undefined ? null : orderFor(request, way, { repairs: [], world, counted: asTold });
  if (way === undefined || order === null || order.kind === 'refused') return guess(ask);
  const startedAt = clock.monotonicMs();
  const now = (): number => clock.monotonicMs();
  const { outcome } = await oneTry({ request, order, reply, agents, deadlines: { ...deadlines, wholeMs: longestMs }, now, today });
  const tries = [{ at: way.at, lane: 'pass-through', ms: now() - startedAt, outcome: outcome.kind, leftOut: [] } as const];
  if (outcome.kind === 'left') return { tries, ended: 'left', paid: null };
  return outcome.kind === 'content' ? { tries, ended: 'whole', paid: null } : { ...guess(ask), tries };
}

/** Nobody waits long for what can be guessed. */
const longestMs = 5_000;

function guess({ reply, request }: Ask): Answered {
  tell(reply, request);
  return { tries: [], ended: 'whole', paid: null };
}

const bytesPerToken = 3.6;
const tokensPerImage = 1500;

function tell(reply: Reply, { protocol, body, asked }: Request): void {
  const tokens = Math.ceil((body.length - asked.imageBytes) / bytesPerToken) + asked.images * tokensPerImage;
  const text = JSON.stringify(protocol === 'messages' ? { input_tokens: tokens } : { totalTokens: tokens });
  reply.head(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
  reply.end(text);
}
