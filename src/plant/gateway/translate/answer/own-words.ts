import { sealed } from '../conversation/seal.ts';
import type { ReplyPlan } from '../translate.ts';
import type { AnswerEvent, Opening } from './event.ts';

/**
 * Puts the events of an upstream into the caller's terms: tools by their own names, calls with ids and arguments, thoughts
 * sealed for their maker, an answer with calls that ends for their sake.
 */
export function inOwnWords(plan: ReplyPlan, newId: () => string): (event: AnswerEvent) => readonly AnswerEvent[] {
  let called = false;
  let open: Opening | null = null;
  let isEmpty = true;
  const opened = (event: Extract<AnswerEvent, { kind: 'open' }>): AnswerEvent => {
    [open, isEmpty] = [event.what, true];
    if (event.what.kind !== 'call') return event;
    called = true;
    const { id, name } = event.what;
    return { ...event, what: { kind: 'call', id: id ?? `call_${newId()}`, name: plan.ownName(name) } };
  };
  const closed = (event: Extract<AnswerEvent, { kind: 'close' }>): readonly AnswerEvent[] => {
    if (open?.kind === 'thought') return [{ ...event, seal: sealed([{ family: plan.family, form: plan.to, data: event.seal ?? null }]) }];
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
