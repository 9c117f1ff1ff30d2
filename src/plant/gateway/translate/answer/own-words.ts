import { packed } from '../conversation/keepsake.ts';
import type { ReplyTerms } from '../translate.ts';
import type { AnswerEvent, Opening } from './event.ts';

/**
 * Puts the events of an upstream into the caller's terms: tools by their own names, calls with ids and arguments, thoughts
 * with what their maker wants back, an answer with calls that ends for their sake.
 */
export function inOwnWords(terms: ReplyTerms, newId: () => string): (event: AnswerEvent) => readonly AnswerEvent[] {
  let called = false;
  let open: Opening | null = null;
  let isEmpty = true;
  const opened = (event: Extract<AnswerEvent, { kind: 'open' }>): AnswerEvent => {
    [open, isEmpty] = [event.what, true];
    if (event.what.kind !== 'call') return event;
    called = true;
    const { id, name } = event.what;
    return { ...event, what: { kind: 'call', id: id ?? `call_${newId()}`, name: terms.ownName(name) } };
  };
  const closed = (event: Extract<AnswerEvent, { kind: 'close' }>): readonly AnswerEvent[] => {
    if (open?.kind === 'thought')
      return [{ ...event, keepsake: packed([{ family: terms.family, form: terms.to, data: event.keepsake ?? null }]) }];
    // A call of a tool that takes nothing is told with nothing by some.
    return open?.kind === 'call' && isEmpty ? [{ kind: 'more', block: event.block, text: '{}' }, event] : [event];
  };
  return (event) => {
    if (event.kind === 'open') return [opened(event)];
    if (event.kind === 'close') return closed(event);
    isEmpty &&= event.kind !== 'more';
    return [event.kind === 'stop' && event.stop === 'end' && called ? { ...event, stop: 'calls' } : event];
  };
}
