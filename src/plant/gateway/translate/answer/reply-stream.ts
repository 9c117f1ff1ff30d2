import { dialects } from '../dialects.ts';
import type { ReplyTerms } from '../translate.ts';
import { answerReader } from './answer-reader.ts';
import { type AnswerEvent, saidIn, type Stop, type Usage } from './event.ts';
import { type Fault, faultOf } from './fault.ts';
import { oneByOne } from './one-by-one.ts';
import { inOwnWords } from './own-words.ts';
import { stopAt } from './stop-at.ts';
import { asTold, type Counting } from './told-usage.ts';
import { newVoice, type World } from './world.ts';

/** The translation of one streamed answer. What it returns goes to the caller as it is. */
export interface ReplyStream {
  take(bytes: Uint8Array): string;
  /** The upstream's stream is over. An answer without its end was cut: the caller is told so, in the words of its API. */
  end(): string;
  /** Ends the answer for a reason of the gateway's own, such as silence. */
  fail(fault: Fault): string;
  ping(): string;
  /** Whether the upstream told of the end of its answer. */
  isWhole(): boolean;
  seen(): Seen;
  /** Characters of what the model said. */
  said(): number;
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
export function replyStream(terms: ReplyTerms, world: World, counted: Counting = asTold): ReplyStream {
  const reader = answerReader(terms.to);
  const emitter = dialects[terms.from].emitter(newVoice(terms, world));
  const order = oneByOne();
  const own = inOwnWords(terms, world.newId);
  const untilStop = stopAt(terms.stops);
  let begun = false;
  let seen: Seen = { content: false, usage: null, stop: null, fault: null };
  let said = 0;
  const isOver = (): boolean => seen.fault !== null || seen.stop !== null;
  const tell = (event: AnswerEvent): string => {
    if (isOver() || (event.kind === 'begin' && begun)) return '';
    const late = begun || event.kind === 'begin' || event.kind === 'fault' ? '' : emitter.take({ kind: 'begin', id: null });
    begun ||= event.kind !== 'fault';
    const told = untilStop(event).flatMap(own);
    seen = told.reduce(after, seen);
    return `${late}${told.map((one) => `${one.kind === 'stop' ? lastCount() : ''}${emitter.take(one)}`).join('')}`;
  };
  /** Whoever hears of the end hears of tokens before it. */
  const lastCount = (): string => {
    const usage = counted({ usage: seen.usage, said });
    return usage === null ? '' : emitter.take({ kind: 'usage', usage });
  };
  const tellAll = (events: readonly AnswerEvent[]): string => {
    said += saidIn(events);
    return events.flatMap(order).map(tell).join('');
  };
  const fail = (fault: Fault): string => tell({ kind: 'fault', fault });
  return {
    take: (bytes) => (seen.fault === null ? tellAll(reader.take(bytes)) : ''),
    end: () => `${tellAll(reader.end())}${fail(faultOf('cut', 'The answer of the model’s server broke off before its end. Ask again.'))}`,
    fail,
    ping: () => (begun && !isOver() ? emitter.ping() : ''),
    isWhole: () => reader.isWhole(),
    seen: () => seen,
    said: () => said,
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
