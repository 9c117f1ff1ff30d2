import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceList } from '../money/price.ts';
import { noUsage, type Usage } from '../money/usage.ts';
import { placeSession, type Place } from './place-session.ts';
import { answeredSession, type Session } from './session.ts';

const listOf = (input: number, output: number): PriceList => ({
  asOf: '2026-11-20',
  input,
  output,
  cacheRead: input / 10,
  cacheWrite5m: input * 1.25,
  cacheWrite1h: input * 2,
});
const first: Place = { model: 'strong', at: 'a/strong', price: listOf(5, 25) };
const second: Place = { model: 'strong', at: 'b/strong', price: listOf(5, 25) };
const cheap: Place = { model: 'cheap', at: 'c/cheap', price: listOf(0.3, 1.2) };

function sessionAt(places: readonly Place[], usage: Partial<Usage> = { cacheRead: 58_000, cacheWrite5m: 2_000, output: 300 }): Session {
  let session: Session | null = null;
  for (const { model, at } of places)
    ({ session } = answeredSession(session, { model, at, tellsOfCache: true, usage: { ...noUsage, ...usage }, now: 0 }));
  if (session === null) throw new Error('nothing was answered');
  return session;
}

function place(
  session: Session | null,
  places: readonly Place[],
  more: { now?: number; open?: boolean; rests?: readonly string[]; chances?: Record<string, number> } = {},
) {
  const { now = 1000, open = false, rests = [], chances = {} } = more;
  const merit = { chances: new Map(Object.entries(chances)), value: 10_000_000 };
  return placeSession(session, places, { now, isOpenExchange: () => open, merit, isUsable: ({ at }) => !rests.includes(at) });
}

const cold = 5 * 60_000;

describe('the next call of a session', () => {
  it('is asked by the plan where it is the first', () => {
    expect(place(null, [first, cheap])).toEqual({ first, pinned: null, cached: 0, switched: null });
    expect(place(null, [first, cheap], { rests: ['a/strong'] }).first).toBe(cheap);
  });

  it('stays where the answer came from after a failover, though the first is well again', () => {
    expect(place(sessionAt([second]), [first, second])).toEqual({ first: second, pinned: 'b/strong', cached: 60_000, switched: null });
  });

  it('goes back to the same model of the first provider once the cache is cold, and not in the middle of a thought', () => {
    const session = sessionAt([second]);
    const back = place(session, [first, second], { now: cold });
    expect(back).toMatchObject({ first, pinned: 'b/strong', cached: 0, switched: { why: 'pays', takes: 375_000 } });
    expect(back.switched?.sentence).toBe('A switch brings $0.38 and takes $0.38.');
    expect(place(session, [first, second], { now: cold, open: true })).toMatchObject({ first: second, switched: null });
  });

  it('goes to another model where the rest of the session saves what the switch takes', () => {
    const short = sessionAt([first]);
    const long = sessionAt(Array.from({ length: 20 }, () => first));
    expect(place(short, [cheap, first])).toMatchObject({ switched: null, first });
    expect(place(long, [cheap, first])).toMatchObject({ first: cheap, switched: { why: 'pays' } });
    expect(place(sessionAt(Array.from({ length: 20 }, () => cheap)), [first, cheap])).toMatchObject({ first: cheap, switched: null });
  });

  it('goes back to a better model that is worth it, and to none whose worth nobody knows', () => {
    const fallen = sessionAt([cheap]);
    const known = { strong: 0.74, cheap: 0.55 };
    expect(place(fallen, [first, cheap], { chances: known })).toMatchObject({ first, switched: { why: 'pays' } });
    expect(place(fallen, [first, cheap], { chances: known, open: true })).toMatchObject({ first: cheap, switched: null });
    expect(place(fallen, [first, cheap], { chances: { strong: 0.74 } })).toMatchObject({ first: cheap, switched: null });
    const risen = sessionAt(Array.from({ length: 20 }, () => first));
    expect(place(risen, [cheap, first], { chances: known })).toMatchObject({ first, switched: null });
  });

  it('goes elsewhere where its own upstream rests, or is no way any more, and counts what that takes', () => {
    const session = sessionAt([first]);
    expect(place(session, [first, second], { rests: ['a/strong'], open: true })).toMatchObject({
      first: second,
      switched: { why: 'rests', takes: 412_500, sentence: 'a/strong is left alone for now.' },
    });
    expect(place(session, [cheap])).toMatchObject({
      first: cheap,
      switched: { why: 'gone', sentence: 'a/strong is no way of this call any more.' },
    });
    expect(place(session, [{ ...cheap, price: 'unpriced' }])).toMatchObject({ switched: { why: 'gone', takes: null } });
  });

  it('finds what it left in a cache when it comes back in time', () => {
    const back = sessionAt([first, second]);
    expect(place(back, [first], { now: 1000 })).toMatchObject({ first, switched: { why: 'gone', takes: 37_500 } });
  });

  it('is never sent where nobody may be asked, nor away from a warm cache within an exchange of tools', () => {
    const places = [first, second, cheap];
    fc.assert(
      fc.property(
        fc.subarray(places),
        fc.subarray(places.map(({ at }) => at)),
        fc.constantFrom(...places),
        fc.nat(40),
        (ways, rests, pin, calls) => {
          const session = sessionAt(Array.from({ length: calls + 1 }, () => pin));
          const placed = place(session, ways, { rests, open: true });
          const usable = ways.filter(({ at }) => !rests.includes(at));
          expect(placed.first).toBe(usable.includes(pin) ? pin : (usable[0] ?? null));
        },
      ),
    );
  });
});

describe('what a session keeps of its answers', () => {
  const answer = { model: 'strong', at: 'a/strong', now: 0, usage: { ...noUsage, input: 900, cacheRead: 100, output: 10 } } as const;

  it('is what the Messages API says is cached, and the whole prompt where an API caches by itself', () => {
    expect(answeredSession(null, { ...answer, tellsOfCache: true }).session.pins[0]?.prefix).toBe(100);
    expect(answeredSession(null, { ...answer, tellsOfCache: false }).session.pins[0]?.prefix).toBe(1000);
  });

  it('is an hour where that was asked for, and three upstreams at most', () => {
    const hour = answeredSession(null, { ...answer, tellsOfCache: true, usage: { ...noUsage, cacheWrite1h: 5 } }).session;
    expect(hour.pins[0]?.keeps).toBe('1h');
    const many = ['a/x', 'b/x', 'c/x', 'd/x', 'b/x'].map((at) => ({ ...first, at }));
    expect(sessionAt(many).pins.map(({ at }) => at)).toEqual(['b/x', 'd/x', 'c/x']);
  });

  it('tells of a cache that is lost, and not of one that another upstream never had', () => {
    const usage = { ...noUsage, cacheRead: 9000, cacheWrite5m: 1000 };
    let session: Session | null = null;
    for (let at = 0; at < 6; at += 1) ({ session } = answeredSession(session, { ...answer, tellsOfCache: true, usage }));
    const lost = { ...noUsage, cacheWrite5m: 10_000 };
    expect(answeredSession(session, { ...answer, tellsOfCache: true, usage: lost }).isLost).toBe(true);
    expect(answeredSession(session, { ...answer, at: 'b/strong', tellsOfCache: true, usage: lost }).isLost).toBe(false);
  });
});
