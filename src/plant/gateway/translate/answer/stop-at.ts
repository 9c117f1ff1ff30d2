import type { AnswerEvent } from './event.ts';

/**
 * Ends an answer where the first of some texts ends in its words, for upstreams that cannot be told them: neither that text nor
 * anything behind it is let through, but for tokens. Only what may still become one of the texts is held back meanwhile. Whatever
 * the upstream says of the end then, or that it broke off, the answer ended for the sake of that text.
 */
export function stopAt(stops: readonly string[]): (event: AnswerEvent) => readonly AnswerEvent[] {
  if (stops.length === 0) return (event) => [event];
  const search = searchFor(stops);
  /** The opening of the text under way, until something of it is let through. */
  let opening: AnswerEvent | null = null;
  let isText = false;
  let held = '';
  let found: string | null = null;
  let isOver = false;
  const opened = (): readonly AnswerEvent[] => {
    const told = opening === null ? [] : [opening];
    opening = null;
    return told;
  };
  const tell = (block: number, text: string): readonly AnswerEvent[] => (text === '' ? [] : [...opened(), { kind: 'more', block, text }]);
  const onMore = ({ block, text }: Extract<AnswerEvent, { kind: 'more' }>): readonly AnswerEvent[] => {
    const all = held + text;
    const hit = search.take(text);
    if (hit === null) {
      held = all.slice(all.length - search.begun());
      return tell(block, all.slice(0, all.length - held.length));
    }
    found = hit.stop;
    const told = tell(block, all.slice(0, held.length + hit.end - hit.stop.length));
    // A text of which nothing was let through is not told at all: an empty one is refused by some when it comes back.
    return opening === null ? [...told, { kind: 'close', block, keepsake: null }] : told;
  };
  const onClose = (event: Extract<AnswerEvent, { kind: 'close' }>): readonly AnswerEvent[] => [
    ...tell(event.block, held),
    ...opened(),
    event,
  ];
  const afterwards = (event: AnswerEvent): readonly AnswerEvent[] => {
    if (event.kind === 'usage' || event.kind === 'ping') return [event];
    if (isOver || (event.kind !== 'stop' && event.kind !== 'fault')) return [];
    isOver = true;
    return [{ kind: 'stop', stop: 'sequence', sequence: found }];
  };
  return (event) => {
    if (found !== null) return afterwards(event);
    if (event.kind === 'open') isText = event.what.kind === 'text';
    if (event.kind === 'open' && isText) {
      [opening, held] = [event, ''];
      search.reset();
      return [];
    }
    if (event.kind === 'more' && isText) return onMore(event);
    return event.kind === 'close' && isText ? onClose(event) : [event];
  };
}

interface Search {
  /** Goes on by some text. The first of the texts that ends in it, the longest of those that end there, and where it ends. */
  take(text: string): { readonly stop: string; readonly end: number } | null;
  /** How much at the end of what was taken may still become one of the texts. */
  begun(): number;
  reset(): void;
}

/** Looks for texts in one that comes in pieces, with as many steps as it has letters, whatever they are. */
function searchFor(stops: readonly string[]): Search {
  const sought = stops.toSorted((one, other) => other.length - one.length).map((stop) => ({ stop, back: fallbacksOf(stop) }));
  let matched = sought.map(() => 0);
  return {
    take(text) {
      for (let at = 0; at < text.length; at += 1) {
        for (const [of, { stop, back }] of sought.entries()) {
          const now = advanced(stop, back, matched[of] ?? 0, text.charAt(at));
          if (now === stop.length) return { stop, end: at + 1 };
          matched[of] = now;
        }
      }
      return null;
    },
    begun: () => Math.max(0, ...matched),
    reset: () => void (matched = sought.map(() => 0)),
  };
}

/** How many letters of a text stand at the end, after one letter more. */
function advanced(stop: string, back: readonly number[], matched: number, letter: string): number {
  let now = matched;
  while (now > 0 && stop.charAt(now) !== letter) now = back[now - 1] ?? 0;
  return stop.charAt(now) === letter ? now + 1 : now;
}

/** For each beginning of a text, how long the longest other beginning is that it ends with: the table of Knuth, Morris and Pratt. */
function fallbacksOf(stop: string): readonly number[] {
  const back = [0];
  for (let at = 1; at < stop.length; at += 1) back.push(advanced(stop, back, back[at - 1] ?? 0, stop.charAt(at)));
  return back;
}
