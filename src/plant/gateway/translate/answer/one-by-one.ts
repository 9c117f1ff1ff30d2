import type { AnswerEvent } from './event.ts';

/** Puts events into an order in which one block closes before the next opens; what comes too early is held back. */
export function oneByOne(): (event: AnswerEvent) => readonly AnswerEvent[] {
  let current: number | null = null;
  const waiting = new Map<number, AnswerEvent[]>();
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
  return (event) => {
    if (event.kind !== 'open' && event.kind !== 'more' && event.kind !== 'close') return [event];
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
}
