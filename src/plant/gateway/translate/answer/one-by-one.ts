import type { AnswerEvent, Opening } from './event.ts';
import { faultOf } from './fault.ts';

/**
 * Puts events into an order in which one block closes before the next opens; what comes too early is held back. Where an
 * upstream's events do not fit together something was lost on their way, and that is a fault; so is what could not be read.
 */
export function oneByOne(): (event: AnswerEvent) => readonly AnswerEvent[] {
  let current: number | null = null;
  const waiting = new Map<number, AnswerEvent[]>();
  const open = new Map<number, Opening['kind']>();
  const begun = new Set<number>();
  const next = (): AnswerEvent[] => {
    const out: AnswerEvent[] = [];
    for (const [block, events] of waiting) {
      waiting.delete(block);
      out.push(...events);
      current = events.at(-1)?.kind === 'close' ? null : block;
      if (current !== null) break;
    }
    return out;
  };
  const inTurn = (event: InBlock): readonly AnswerEvent[] => {
    if (current === null && event.kind === 'open') current = event.block;
    if (event.block !== current) {
      const held = waiting.get(event.block);
      if (held === undefined) waiting.set(event.block, [event]);
      else held.push(event);
      return [];
    }
    if (event.kind !== 'close') return [event];
    current = null;
    return [event, ...next()];
  };
  const atStop = (stop: AnswerEvent): readonly AnswerEvent[] => {
    if ([...open.values()].includes('call')) return [misfit('a call had no end')];
    const closed = [...open.keys()].flatMap((block) => inTurn({ kind: 'close', block, keepsake: null }));
    return [...closed, stop];
  };
  return (event) => {
    if (event.kind === 'stop') return atStop(event);
    if (event.kind === 'unread') return event.fault === null ? [] : [{ kind: 'fault', fault: event.fault }];
    if (event.kind !== 'open' && event.kind !== 'more' && event.kind !== 'close') return [event];
    const { block } = event;
    if (event.kind === 'open' ? begun.has(block) : !open.has(block)) return [misfit(`part ${block} began twice, or not at all`)];
    if (event.kind === 'open') {
      begun.add(block);
      open.set(block, event.what.kind);
    }
    if (event.kind === 'close') open.delete(block);
    return inTurn(event);
  };
}

type InBlock = Extract<AnswerEvent, { readonly block: number }>;

function misfit(what: string): AnswerEvent {
  return { kind: 'fault', fault: faultOf('malformed', `The events of the model’s server do not fit together: ${what}.`) };
}
