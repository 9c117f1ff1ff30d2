import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difficultyOf, difficultyParts, isSimpleTurn, rescueSigns } from './difficulty.ts';
import { featuresOf, type Features, type JobSeen } from './features.ts';

const job = (message: string, otherwise: Partial<JobSeen> = {}): JobSeen => ({
  messages: [message],
  toolCalls: [],
  repository: { files: 1, languages: { ts: 1 } },
  ...otherwise,
});
const feature = (name: keyof Features, seen: JobSeen): number => Number(featuresOf(seen)[name].toFixed(3));

describe('a job', () => {
  it.each<[keyof Features, string, JobSeen, number]>([
    ['hasStackTrace', 'of JavaScript', job('It throws:\n    at parse (src/a.ts:3:1)'), 1],
    ['hasStackTrace', 'of Python', job('Traceback (most recent call last):\n  File "a.py", line 3'), 1],
    ['hasStackTrace', 'of nobody who is at home', job('I am at home (mostly)'), 0],
    ['hasCode', 'in a block', job('See:\n```ts\nx()\n```'), 1],
    ['namesFiles', 'two of five', job('Mend src/a.ts and test/a.test.ts, then src/a.ts again.'), 0.4],
    ['namesFiles', 'none in words', job('It is slow, e.g. at start. Use v1.2 of it.'), 0],
    ['length', 'a sentence', job('Mend it.'), 0],
    ['length', 'an essay', job('word '.repeat(9000)), 1],
    ['size', 'one file', job(''), 0],
    ['size', 'a hundred thousand', job('', { repository: { files: 100_000, languages: {} } }), 1],
    ['mix', 'one language', job('', { repository: { files: 9, languages: { ts: 900 } } }), 0],
    ['mix', 'two of like weight', job('', { repository: { files: 9, languages: { ts: 900, go: 900 } } }), 0.5],
    ['mix', 'four of like weight', job('', { repository: { files: 9, languages: { a: 1, b: 1, c: 1, d: 1 } } }), 1],
    [
      'failing',
      'half of the last calls',
      job('', {
        toolCalls: [
          { call: 'x', failed: true },
          { call: 'y', failed: false },
        ],
      }),
      0.5,
    ],
    ['calls', 'fifty of a hundred', job('', { toolCalls: Array.from({ length: 50 }, () => ({ call: 'x', failed: false })) }), 0.5],
  ])('has %s: %s', (name, _, seen, value) => {
    expect(feature(name, seen)).toBe(value);
  });

  it('has features from 0 to 1 and a difficulty that is the sum of its parts, whatever it is', () => {
    const jobs: fc.Arbitrary<JobSeen> = fc.record({
      messages: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
      toolCalls: fc.array(fc.record({ call: fc.string(), failed: fc.boolean() }), { maxLength: 30 }),
      repository: fc.record({ files: fc.nat(), languages: fc.dictionary(fc.string(), fc.nat()) }),
    });
    fc.assert(
      fc.property(jobs, (seen) => {
        const features = featuresOf(seen);
        expect(Object.values(features).filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
        const sum = Object.values(difficultyParts(features)).reduce((total, part) => total + part, 0.5);
        expect(difficultyOf(features)).toBeCloseTo(Math.min(1, Math.max(0, sum)), 9);
      }),
    );
  });

  it('made to take long is read in good time', () => {
    const began = performance.now();
    for (const text of [
      'a/'.repeat(500_000),
      'a.'.repeat(500_000),
      'at '.repeat(300_000),
      ' '.repeat(1_000_000),
      '\n'.repeat(1_000_000),
      '\n at x'.repeat(200_000),
      'a-'.repeat(500_000),
    ])
      featuresOf(job(text));
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe('a turn', () => {
  it.each([
    ['Write a title for this.', true],
    ['', false],
    ['Why does src/a.ts fail?', false],
    ['Explain the error.', false],
    ['`x`', false],
    ['word '.repeat(100), false],
  ])('%j is simple: %s', (message, simple) => {
    expect(isSimpleTurn(job(message))).toBe(simple);
  });

  it('after tool calls is no simple one', () => {
    expect(isSimpleTurn(job('Go on.', { toolCalls: [{ call: 'x', failed: false }] }))).toBe(false);
  });
});

it('signs that an agent is stuck are seen', () => {
  const calls = (text: string): JobSeen['toolCalls'] =>
    [...text].map((letter) => ({ call: letter.toLowerCase(), failed: letter !== letter.toLowerCase() }));
  expect(rescueSigns(calls('aAbAcA'))).toEqual(['same-command-fails']);
  expect(rescueSigns(calls('aABCDEFGHb'))).toEqual([]);
  expect(rescueSigns(calls('ABCDEFGH'))).toEqual(['red-for-long']);
  expect(rescueSigns([])).toEqual([]);
});
