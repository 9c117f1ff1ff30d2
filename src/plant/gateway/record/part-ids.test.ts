import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PartIds } from './part-ids.ts';

const digestsOf = (body: Buffer, cuts: readonly number[]): readonly string[] =>
  cuts.map((from, at) => hash('sha256', body.subarray(from, cuts[at + 1] ?? body.length)).slice(0, 32));

it('the name of a part is the digest of its bytes, whatever its session sent before', () => {
  const turn = fc.record({
    session: fc.constantFrom('a', 'b', 'c'),
    texts: fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 6 }),
    size: fc.constantFrom(10, 9_000, 30_000),
  });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), fc.constantFrom(0, 100_000, 10_000_000), (turns, most) => {
      const ids = new PartIds(most);
      for (const { session, texts, size } of turns) {
        const parts = texts.map((text, at) => text.repeat(size + at));
        const cuts = parts.map((_, at) => parts.slice(0, at).join('').length);
        // As it comes from a batch: a piece of memory that somebody uses again.
        const memory = Buffer.from(`before${parts.join('')}behind`);
        const body = memory.subarray(6, memory.length - 6);
        expect(ids.idsOf(session, body, cuts)).toEqual(digestsOf(body, cuts));
        memory.fill(0);
      }
    }),
    { numRuns: 60 },
  );
});
