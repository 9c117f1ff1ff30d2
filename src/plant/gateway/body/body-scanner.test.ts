import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyScanner } from './body-scanner.ts';
import { LastBodies } from './last-bodies.ts';
import { topLevel } from './top-level.ts';

const long = 'said "before" and \\ '.repeat(300);
const picture = 'iVBORw0KGgo'.repeat(300);

/** Elements of a conversation, some of them so long that a walk can be gone on with after them. */
const element = fc.oneof(
  fc.constantFrom({ text: long }, { data: picture }, { text: long, cache_control: { ttl: '1h' } }, { text: long, cache_control: {} }),
  fc.constantFrom([], {}, 1, null, 'x', { text: '"]' }, [long, [long]]),
);
const elements = fc.array(element, { maxLength: 8 });

/** A conversation and what it comes to next: with something added, left out, or changed in its middle. */
const turns = fc.tuple(elements, elements, fc.nat(8), fc.constantFrom(0, 1), fc.boolean(), fc.boolean());

describe('a body that goes on where the last one of its sender did', () => {
  it('is seen as it is seen by whoever walks over all of it', () => {
    let gone = 0;
    fc.assert(
      fc.property(fc.array(turns, { minLength: 1, maxLength: 4 }), (conversation) => {
        const scanner = new BodyScanner(new LastBodies({ least: 0 }));
        for (const [said, more, kept, indent, isMarked, isLast] of conversation) {
          const tools = { tools: more, ...(isMarked && { cache_control: {} }) };
          const bodies = [said, [...said, ...more], [...said.slice(0, kept), ...more], said].map((messages) =>
            Buffer.from(JSON.stringify(isLast ? { model: 'a', ...tools, messages } : { model: 'a', messages, ...tools }, null, indent)),
          );
          for (const body of bodies) {
            expect(scanner.scan('agent', body)).toEqual(topLevel(body));
            gone += 1;
          }
        }
      }),
    );
    expect(gone).toBeGreaterThan(300);
  });

  it('is refused where it ends too soon, or has a member twice, and the next is seen as it is', () => {
    const scanner = new BodyScanner();
    const whole = Buffer.from(JSON.stringify({ model: 'a', messages: Array.from({ length: 20 }, () => long) }));
    const twice = Buffer.from(`${whole.toString().slice(0, -1)},"model":"b"}`);
    expect(scanner.scan('agent', whole).kind).toBe('object');
    for (let cut = whole.length - 1; cut > 0; cut -= 997) {
      const half = whole.subarray(0, cut);
      expect(scanner.scan('agent', half)).toEqual(topLevel(half));
      expect(scanner.scan('agent', half).kind).toBe('wrong');
    }
    const [before = ''] = whole.toString().split('"said', 12).slice(0, 11).join('"said').split(/,$/);
    const closed = Buffer.from(`${before} ]}`);
    expect(scanner.scan('agent', closed)).toEqual(topLevel(closed));
    expect(scanner.scan('agent', twice)).toEqual({ kind: 'wrong', message: 'The body has "model" twice.' });
    expect(scanner.scan('agent', whole)).toEqual(topLevel(whole));
  });

  it('walks over what was added alone', () => {
    const scanner = new BodyScanner();
    const said = Array.from({ length: 100 }, (_, at) => `${at} ${long}`);
    scanner.scan('agent', Buffer.from(JSON.stringify({ model: 'a', messages: said })));
    const next = Buffer.from(JSON.stringify({ model: 'a', messages: [...said, 'and now?'] }));
    const read = new Set<number>();
    const watched = new Proxy(next, {
      get(body, name) {
        if (typeof name === 'string' && /^\d+$/.test(name)) read.add(Number(name));
        const value: unknown = Reflect.get(body, name);
        return typeof value === 'function' ? (value.bind(body) as unknown) : value;
      },
    });
    expect(scanner.scan('agent', watched)).toMatchObject({ kind: 'object' });
    expect(read.size).toBeGreaterThan(0);
    expect(read.size).toBeLessThan(next.length / 20);
  });
});
