import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerEvent } from './event.ts';
import { faultOf } from './fault.ts';
import { stopAt } from './stop-at.ts';

const usage = { input: 5, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 7, reasoning: 0, untold: [] };
const open = (block: number): AnswerEvent => ({ kind: 'open', block, what: { kind: 'text' } });
const more = (block: number, text: string): AnswerEvent => ({ kind: 'more', block, text });
const close = (block: number): AnswerEvent => ({ kind: 'close', block, keepsake: null });
const call: readonly AnswerEvent[] = [
  { kind: 'open', block: 9, what: { kind: 'call', id: 'c', name: 'danger' } },
  more(9, '{"END":1}'),
  close(9),
];
const end: readonly AnswerEvent[] = [
  { kind: 'usage', usage },
  { kind: 'stop', stop: 'end', sequence: null },
];
const heard = (stops: readonly string[], events: readonly AnswerEvent[]): readonly AnswerEvent[] => events.flatMap(stopAt(stops));
const textIn = (events: readonly AnswerEvent[]): string => events.map((event) => (event.kind === 'more' ? event.text : '')).join('');

/** Few letters, so that texts begin within each other. */
const letters = (most: number, least = 0): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: least, maxLength: most }).map((all) => all.join(''));
const some = fc.array(letters(4, 1), { minLength: 1, maxLength: 3 });
const pieces = fc.array(letters(6, 1), { maxLength: 8 });

/** The first of the texts that ends in another, and the longest of those that end there. */
function firstIn(text: string, stops: readonly string[]): { readonly stop: string; readonly at: number } | null {
  const hits = stops.flatMap((stop) =>
    text.includes(stop) ? [{ stop, at: text.indexOf(stop), end: text.indexOf(stop) + stop.length }] : [],
  );
  return hits.toSorted((one, other) => one.end - other.end || one.at - other.at)[0] ?? null;
}

describe('an answer that is ended at a text', () => {
  it('says what comes before the first one, and names it, however it is cut into pieces', () => {
    fc.assert(
      fc.property(some, pieces, (stops, said) => {
        const text = said.join('');
        const out = heard(stops, [open(0), ...said.map((one) => more(0, one)), close(0), ...call, ...end]);
        const hit = firstIn(text, stops);
        expect(textIn(out)).toBe(hit === null ? `${text}{"END":1}` : text.slice(0, hit.at));
        expect(out.slice(-2)).toEqual([
          { kind: 'usage', usage },
          hit === null ? end[1] : { kind: 'stop', stop: 'sequence', sequence: hit.stop },
        ]);
        expect(out.some((event) => event.kind === 'open' && event.what.kind === 'call')).toBe(hit === null);
        const kinds = out.filter(({ kind }) => kind === 'open' || kind === 'close').map(({ kind }) => kind);
        expect(kinds).toEqual(kinds.map((_, at) => (at % 2 === 0 ? 'open' : 'close')));
      }),
    );
  });

  it('holds back no more than what may still become such a text', () => {
    fc.assert(
      fc.property(some, pieces, (stops, said) => {
        const take = stopAt(stops);
        take(open(0));
        let [given, told] = ['', ''];
        for (const one of said) {
          given += one;
          told += textIn(take(more(0, one)));
          if (firstIn(given, stops) !== null) return;
          const held = given.slice(told.length);
          expect(held === '' || stops.some((stop) => stop.startsWith(held))).toBe(true);
        }
      }),
    );
  });

  it('is left as it is where it has none', () => {
    const events = [open(0), more(0, 'one EN'), more(0, 'd'), close(0), ...call, ...end];
    expect(heard([], events)).toEqual(events);
    expect(textIn(heard(['END'], events))).toBe(textIn(events));
    expect(heard(['END'], [open(0), close(0), ...end])).toEqual([open(0), close(0), ...end]);
  });

  it('has its words looked through alone: thoughts and arguments of calls may have the text', () => {
    const thought: readonly AnswerEvent[] = [{ kind: 'open', block: 0, what: { kind: 'thought' } }, more(0, 'END'), close(0)];
    const events = [...thought, ...call, ...end];
    expect(heard(['END'], events)).toEqual(events);
  });

  it('has no empty words where it begins with the text', () => {
    expect(heard(['END'], [open(0), more(0, 'E'), more(0, 'ND two'), close(0), ...end])).toEqual([
      { kind: 'usage', usage },
      { kind: 'stop', stop: 'sequence', sequence: 'END' },
    ]);
  });

  it('is whole though its server breaks off behind the text, and ends once', () => {
    const broken: AnswerEvent = { kind: 'fault', fault: faultOf('cut', 'Broke off.') };
    expect(heard(['END'], [open(0), more(0, 'one END two'), broken, ...end])).toEqual([
      open(0),
      more(0, 'one '),
      close(0),
      { kind: 'stop', stop: 'sequence', sequence: 'END' },
      { kind: 'usage', usage },
    ]);
    expect(heard(['END'], [open(0), more(0, 'one'), broken])).toEqual([open(0), more(0, 'one'), broken]);
  });
});
