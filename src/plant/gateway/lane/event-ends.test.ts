import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventEnds } from './event-ends.ts';

const stream = ['event: a\ndata: {"x":1}\n\n', ': ping\n\n', 'data: ö\r\n\r\n', 'data: 2\r\rdata: 3\n\n'].join('');

it('lets every byte through in its order, wherever they are cut, and never half of an event', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), fc.constantFrom('', 'data: half'), (cuts, rest) => {
      const bytes = Buffer.from(stream + rest);
      const places = [...new Set([0, ...cuts, bytes.length])].toSorted((left, right) => left - right);
      const ends = eventEnds(1000);
      const parts = places.slice(1).map((place, at) => ends.take(bytes.subarray(places[at], place))?.toString('latin1') ?? 'too long');
      expect(Buffer.from(parts.join(''), 'latin1').toString()).toBe(stream);
      for (const part of parts.filter((one) => one !== '')) expect(part).toMatch(/(?:\n\n|\r\n\r\n|\r\r)$/);
      expect(ends.rest().toString()).toBe(rest);
    }),
  );
});

it('holds no byte of an event that comes whole', () => {
  const whole = Buffer.from('data: 1\n\n');
  expect(eventEnds(1000).take(whole)).toBe(whole);
});

it('looks once at each byte of an event that has no end, however many pieces it comes in', () => {
  const most = 32 * 2 ** 20;
  const ends = eventEnds(most);
  const piece = Buffer.alloc(2 ** 14, 'x');
  let taken = 0;
  while (ends.take(piece)?.length === 0) taken += piece.length;
  expect(taken).toBe(most);
});

it('takes no event for one that is longer than any answer', () => {
  const ends = eventEnds(20);
  expect(ends.take(Buffer.from('data: 12345'))?.length).toBe(0);
  expect(ends.take(Buffer.from('6789012345'))).toBeNull();
});
