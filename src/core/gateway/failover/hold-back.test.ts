import { describe, expect, it } from 'vitest';
import { held, holding, type HoldAct, type Piece } from './hold-back.ts';
import { retryAfterMs } from './retry-after.ts';

function acts(pieces: readonly (readonly [Piece, number])[]): HoldAct[] {
  let hold = holding;
  return pieces.map(([piece, bytes]) => {
    const next = held(hold, piece, bytes);
    hold = next.hold;
    return next.act;
  });
}

describe('an answer', () => {
  it.each<[string, [Piece, number][], HoldAct[]]>([
    [
      'is kept back until its first content',
      [
        ['preamble', 80],
        ['preamble', 20],
        ['content', 9],
        ['content', 9],
        ['end', 5],
      ],
      ['keep', 'keep', 'release', 'pass', 'pass'],
    ],
    [
      'that errs before is seen by nobody',
      [
        ['preamble', 80],
        ['error', 90],
      ],
      ['keep', 'fail'],
    ],
    [
      'that errs after is broken off',
      [
        ['content', 9],
        ['error', 90],
      ],
      ['release', 'break-off'],
    ],
    [
      'without content is an answer',
      [
        ['preamble', 80],
        ['end', 5],
      ],
      ['keep', 'release'],
    ],
    [
      'is kept back too where it tells the longest of prompts twice before it begins',
      [
        ['preamble', 4_000_000],
        ['preamble', 4_000_000],
        ['error', 9],
      ],
      ['keep', 'keep', 'fail'],
    ],
    [
      'that only ever begins is seen by nobody, and no memory is filled with it',
      [
        ['preamble', 8_000_000],
        ['preamble', 400_000],
      ],
      ['keep', 'fail'],
    ],
    [
      'with its content behind so much is an answer',
      [
        ['preamble', 8_000_000],
        ['content', 400_000],
      ],
      ['keep', 'release'],
    ],
  ])('%s', (_, pieces, told) => {
    expect(acts(pieces)).toEqual(told);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  it.each([
    ['7', null, 7000],
    ['0.5', null, 500],
    ['0', null, 0],
    ['Mon, 30 Nov 2026 12:00:30 GMT', null, 30_000],
    ['Mon, 30 Nov 2026 12:00:30 GMT', 'Mon, 30 Nov 2026 12:00:20 GMT', 10_000],
    ['Mon, 30 Nov 2026 11:00:00 GMT', null, 0],
    ['999999999', null, 86_400_000],
    ['-5', null, null],
    ['soon', null, null],
    ['', null, null],
    ['2027', null, 2_027_000],
    ['1e9', null, null],
    [null, null, null],
  ])('of %j is read', (header, date, ms) => {
    expect(retryAfterMs(header, { date, now })).toBe(ms);
  });
});
