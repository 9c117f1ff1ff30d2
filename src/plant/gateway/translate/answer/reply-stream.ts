import { dialects } from '../dialects.ts';
import { doneMark } from '../chat/decode-chat.ts';
import type { ReplyPlan } from '../translate.ts';
import { decodeWhole } from './decode-whole.ts';
import type { AnswerEvent, Stop, Usage } from './event.ts';
import { jsonOf } from './excerpt.ts';
import { type Fault, faultOf } from './fault.ts';
import { oneByOne } from './one-by-one.ts';
import { inOwnWords } from './own-words.ts';
import { eventReader } from './server-sent-events.ts';
import { newVoice, type World } from './world.ts';

/** The translation of one streamed answer. What it returns goes to the caller as it is. */
export interface ReplyStream {
  take(bytes: Uint8Array): string;
  /** The upstream's stream is over. An answer without its end was cut: the caller is told so, in the words of its API. */
  end(): string;
  /** Ends the answer for a reason of the gateway's own, such as silence. */
  fail(fault: Fault): string;
  ping(): string;
  seen(): Seen;
}

/** What was seen of an answer so far. */
export interface Seen {
  /** Whether something of the model has been heard. Before that, nobody has to know of a fault. */
  readonly content: boolean;
  /** Null where the upstream told of none. */
  readonly usage: Usage | null;
  readonly stop: Stop | null;
  readonly fault: Fault | null;
}

/** Begins to translate a streamed answer. Whoever needs no more of it just leaves. */
export function replyStream(plan: ReplyPlan, world: World): ReplyStream {
  const decoder = dialects[plan.to].decoder();
  const emitter = dialects[plan.from].emitter(newVoice(plan, world));
  const reader = eventReader();
  const order = oneByOne();
  const own = inOwnWords(plan, world.newId);
  const text = new TextDecoder();
  let raw: string | null = '';
  let begun = false;
  let seen: Seen = { content: false, usage: null, stop: null, fault: null };

  const tell = (event: AnswerEvent): string => {
    if (seen.fault !== null || seen.stop !== null) return '';
    if (event.kind === 'begin') {
      if (begun) return '';
      begun = true;
    }
    const late = begun || event.kind === 'begin' || event.kind === 'fault' ? '' : tell({ kind: 'begin', id: null });
    const said = own(event);
    seen = after(seen, said);
    return `${late}${emitter.take(said)}`;
  };
  const tellAll = (events: readonly AnswerEvent[]): string =>
    events
      .flatMap((event) => order(event))
      .map(tell)
      .join('');
  const fail = (fault: Fault): string => tell({ kind: 'fault', fault });
  const takeEvent = (data: string): string => {
    if (seen.fault !== null) return '';
    if (data === doneMark) return tellAll(decoder.take(data));
    const value = jsonOf(data);
    return value === undefined
      ? fail(faultOf('malformed', 'The model’s server sent an event that is no JSON.'))
      : tellAll(decoder.take(value));
  };
  return {
    take(bytes) {
      if (seen.fault !== null) return '';
      if (raw !== null) raw += text.decode(bytes, { stream: true });
      const events = reader.take(bytes);
      if (events === null) return fail(faultOf('malformed', 'The model’s server sent an event that has no end.'));
      if (events.length > 0) raw = null;
      return events.map(takeEvent).join('');
    },
    end() {
      // A server that did not stream may still have answered, in one piece.
      const rest = tellAll(raw === null || raw.trim() === '' ? decoder.end() : decodeWhole(plan.to, raw));
      return `${rest}${fail(faultOf('cut', 'The answer of the model’s server broke off before its end.'))}`;
    },
    fail,
    ping: () => (begun && seen.fault === null && seen.stop === null ? emitter.ping() : ''),
    seen: () => seen,
  };
}

function after(seen: Seen, event: AnswerEvent): Seen {
  switch (event.kind) {
    case 'usage':
      return { ...seen, usage: event.usage };
    case 'stop':
      return { ...seen, stop: event.stop };
    case 'fault':
      return { ...seen, fault: event.fault };
    default:
      return seen.content || !isContent(event) ? seen : { ...seen, content: true };
  }
}

function isContent(event: AnswerEvent): boolean {
  return event.kind === 'more' || (event.kind === 'open' && event.what.kind === 'call');
}
