import { sealed } from '../conversation/seal.ts';
import type { ReplyPlan } from '../translate.ts';
import type { AnswerEvent, Opening } from './event.ts';

/**
 * Puts the events of an upstream into the caller's terms: tools by their own names, calls with ids, thoughts sealed for
 * their maker, an answer with calls that ends for their sake.
 */
export function inOwnWords(plan: ReplyPlan, newId: () => string): (event: AnswerEvent) => AnswerEvent {
  let called = false;
  let open: Opening | null = null;
  return (event) => {
    if (event.kind === 'open') {
      open = event.what;
      if (event.what.kind !== 'call') return event;
      called = true;
      const { id, name } = event.what;
      return { ...event, what: { kind: 'call', id: id ?? `call_${newId()}`, name: plan.ownName(name) } };
    }
    if (event.kind === 'close') {
      if (open?.kind !== 'thought') return event;
      return { ...event, seal: sealed([{ family: plan.family, form: plan.to, data: event.seal ?? null }]) };
    }
    return event.kind === 'stop' && event.stop === 'end' && called ? { ...event, stop: 'calls' } : event;
  };
}
