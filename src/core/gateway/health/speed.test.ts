import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answered, healthy, type Circuit } from './circuit.ts';
import { nextTokenMs, shortAnswerMs } from './speed.ts';

const ms = fc.double({ min: 0, max: 60_000, noNaN: true });
const perToken = fc.double({ min: 0.1, max: 500, noNaN: true });
const length = fc.integer({ min: 8, max: 5000 });

/** One answer of an upstream that begins after so long and writes so fast, streamed or in one piece. */
interface Answer {
  readonly tokens: number;
  readonly streamed: boolean;
}
const answer: fc.Arbitrary<Answer> = fc.record({ tokens: length, streamed: fc.boolean() });

function after(circuit: Circuit, { tokens, streamed }: Answer, first: number, each: number): Circuit {
  const writing = each * (tokens - 1);
  return streamed ? answered(circuit, first, tokens, writing) : answered(circuit, first + each * tokens, tokens, 0);
}

it('a short answer is expected after its first content and a hundred tokens', () => {
  expect(shortAnswerMs(answered(healthy, 400, 51, 1000))).toBe(400 + 100 * 20);
});

it('an upstream that nobody asked has no speed, and one that showed none is taken by its first content alone', () => {
  expect(shortAnswerMs(healthy)).toBeNull();
  fc.assert(
    fc.property(ms, fc.nat({ max: 7 }), ms, (first, tokens, writing) => {
      expect(shortAnswerMs(answered(healthy, first, tokens, writing))).toBe(first);
    }),
  );
});

it('who begins no later and writes no slower is expected no later', () => {
  fc.assert(
    fc.property(ms, ms, perToken, perToken, length, (one, other, fast, slow, tokens) => {
      const sooner = after(healthy, { tokens, streamed: true }, Math.min(one, other), Math.min(fast, slow));
      const later = after(healthy, { tokens, streamed: true }, Math.max(one, other), Math.max(fast, slow));
      expect(shortAnswerMs(sooner) ?? 0).toBeLessThanOrEqual(shortAnswerMs(later) ?? 0);
    }),
  );
});

it('an upstream that is always alike is expected alike, whatever the length of its answers and whether they were streamed', () => {
  fc.assert(
    fc.property(ms, perToken, fc.array(answer, { maxLength: 30 }), (first, each, answers) => {
      const circuit = [{ tokens: 20, streamed: true }, ...answers].reduce((seen, one) => after(seen, one, first, each), healthy);
      expect(shortAnswerMs(circuit)).toBeCloseTo(first + 100 * each, 3);
    }),
  );
});

it('how fast it writes is never faster or slower than all that was seen, and the newest weighs a fifth', () => {
  const seen = fc.array(fc.record({ tokens: length, writing: fc.double({ min: 1, max: 60_000, noNaN: true }) }), { minLength: 1 });
  fc.assert(
    fc.property(seen, (answers) => {
      const each = answers.map(({ tokens, writing }) => writing / (tokens - 1));
      const found = answers.reduce<number | null>((before, { tokens, writing }) => nextTokenMs(before, tokens, writing), null) ?? -1;
      expect(found).toBeGreaterThanOrEqual(Math.min(...each) - 1e-9);
      expect(found).toBeLessThanOrEqual(Math.max(...each) + 1e-9);
    }),
  );
  expect(nextTokenMs(nextTokenMs(null, 11, 100), 11, 200)).toBeCloseTo(12);
});
