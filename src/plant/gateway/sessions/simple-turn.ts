import { orderForTurn } from '../../../core/gateway/routing/simple-turn.ts';
import { isSimpleTurn } from '../../../core/gateway/routing/difficulty.ts';
import { jsonOf } from '../translate/answer/excerpt.ts';
import type { Part } from '../translate/conversation/conversation.ts';
import { keepRemarks } from '../translate/conversation/remarks.ts';
import { dialects } from '../translate/dialects.ts';
import type { Way } from '../upstream/candidates.ts';
import type { HealthBoard } from '../upstream/health-board.ts';
import type { Request } from '../upstream/order-for.ts';

/** A longer request is no simple turn, whatever it says last. */
const mostBytes = 16 * 1024;

/** The ways of a simple turn, those of the fastest model first; null for a turn that is not simple, or that one model alone could take. */
export function fastestFirst(request: Request, ways: readonly Way[], board: HealthBoard): readonly Way[] | null {
  const usable = ways.filter((way) => board.isUsable(way));
  const models = [...new Set(usable.map(({ model }) => model))];
  const words = models.length < 2 ? null : wordsOf(request);
  if (words === null || !isSimpleTurn({ messages: [words], toolCalls: [] })) return null;
  const seen = models.map((name) => {
    const first = usable.find(({ model }) => model === name);
    return [name, (first === undefined ? null : board.shortAnswerMs(first)) ?? undefined] as const;
  });
  const order = orderForTurn(models, { messages: [words], toolCalls: [] }, Object.fromEntries(seen));
  const ofModels = order.flatMap((name) => ways.filter(({ model }) => model === name));
  return [...ofModels, ...ways.filter(({ model }) => !models.includes(model))];
}

/** What a user says last in a request that is words alone: no tools, no pictures, no thinking asked for. */
function wordsOf({ body, protocol, alias }: Request): string | null {
  if (body.length > mostBytes) return null;
  const read = jsonOf(body.toString('utf8'));
  const conversation = read === undefined ? null : dialects[protocol].read(read, { model: alias, stream: false }, keepRemarks());
  if (conversation === null || conversation.tools.length > 0 || conversation.thinking?.kind === 'on') return null;
  const parts = conversation.turns.flatMap((turn) => turn.parts);
  const last = conversation.turns.at(-1);
  if (last?.role !== 'user' || parts.some(({ kind }) => kind !== 'text')) return null;
  return last.parts.map(textOf).join('\n');
}

function textOf(part: Part): string {
  return part.kind === 'text' ? part.text : '';
}
