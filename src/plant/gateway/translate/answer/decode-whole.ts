import { outbound } from '../dialects.ts';
import type { Tongue } from '../protocol.ts';
import type { AnswerEvent } from './event.ts';
import { jsonOf, noAnswer } from './excerpt.ts';
import { readFault } from './fault.ts';
import { tooDeep } from './unread.ts';

/** Reads an answer in one piece; what is none is a fault. */
export function decodeWhole(to: Tongue, text: string): readonly AnswerEvent[] {
  const body = jsonOf(text);
  const events = body === undefined ? null : decoded(to, body);
  if (events !== null) return events;
  const isError = typeof body === 'object' && body !== null && ('error' in body || Array.isArray(body));
  return [{ kind: 'fault', fault: isError ? readFault(body, null) : noAnswer(text) }];
}

function decoded(to: Tongue, body: unknown): readonly AnswerEvent[] | null {
  try {
    return outbound[to].decode(body);
  } catch (error) {
    return [tooDeep(error)];
  }
}
