import { createHash } from 'node:crypto';
import type { Part, Turn } from '../conversation/conversation.ts';
import type { Tongue } from '../protocol.ts';

/** Ids of calls that an API takes. */
const fitting: Readonly<Record<Tongue, RegExp>> = {
  messages: /^[a-zA-Z0-9_-]{1,64}$/,
  responses: /^[\x21-\x7e]{1,64}$/,
  chat: /^[\x21-\x7e]{1,40}$/,
  'generate-content': /^[\x21-\x7e]{1,128}$/,
  // Whoever is behind a package: what the narrowest of them take.
  sdk: /^[a-zA-Z0-9_-]{1,64}$/,
};

/** Gives calls and their results ids that the API takes: the same one for the same id, today and tomorrow. */
export function fittingIds(turns: readonly Turn[], to: Tongue): readonly Turn[] {
  const pattern = fitting[to];
  const fit = <T extends Part>(part: T): T => {
    if ((part.kind !== 'call' && part.kind !== 'result') || pattern.test(part.id)) return part;
    return { ...part, id: `call_${createHash('sha256').update(part.id).digest('hex').slice(0, 24)}` };
  };
  return turns.map(({ role, parts }) => ({ role, parts: parts.map(fit) }));
}
