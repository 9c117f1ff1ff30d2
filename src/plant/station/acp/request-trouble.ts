import type { SessionEvent } from '../../../core/station/session-event.ts';
import { numberAt, textAt } from '../foreign.ts';
import { errorOf } from '../harness/error-class.ts';

type Trouble = SessionEvent & { readonly type: 'error' };

/** The error by which an agent answered a request, in our classes: some give a status of HTTP as its code. */
export function requestTrouble(error: unknown): Trouble {
  const code = numberAt(error, 'code');
  const details = textAt(error, 'data', 'details') || textAt(error, 'data', 'message');
  const message = [textAt(error, 'message'), details].filter((text) => text !== '').join(': ') || String(error);
  if (code === authRequired) return errorOf({ status: null, message, class: 'login' });
  if (died.test(message)) return errorOf({ status: null, message, class: 'crash' });
  const status =
    numberAt(error, 'data', 'statusCode') ?? numberAt(error, 'data', 'status') ?? statusIn(details || textAt(error, 'message'));
  return errorOf({ status: code !== null && code >= 400 && code < 600 ? code : status, message });
}

const authRequired = -32_000;

/** What an adapter says of an agent of its own whose process is gone. */
const died = /\bprocess (?:exited|died|crashed|(?:was )?terminated)\b/i;

/** The words of an API as some pass them on: `401 The key is not valid.`, and as our own gateway says it: `… the key (401)`. */
function statusIn(words: string): number | null {
  const [, before, within] = /^\s*([45]\d\d)\b|\(([45]\d\d)\)/.exec(words) ?? [];
  const found = before ?? within;
  return found === undefined ? null : Number(found);
}

/** What the end of a turn says of trouble; an end like any other says nothing. */
export function stopTrouble(stopReason: string): readonly SessionEvent[] {
  if (stopReason === 'refusal') return [errorOf({ status: null, message: 'The model declined to go on.', class: 'refused' })];
  if (stopReason === 'max_turn_requests') return [errorOf({ status: null, message: 'The agent used up its turns.', class: 'turn-limit' })];
  return [];
}
