import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayHold, secretShapes } from './secret-shapes.ts';

const marked = secretShapes.filter(({ marks }) => marks.length > 0);

it.each(marked)('$kind: whatever the pattern finds is searched for', (shape) => {
  const { pattern } = shape;
  // What looks around itself makes no text.
  const body = pattern.source.replace(/^\(\?:\(\?<!.*?\)\|\(\?<=\^-\)\)/, '').replaceAll(/\(\?![^)]*\)/g, '');
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(`^${body}$`)), (found) => {
      expect(found.replace(pattern, '')).not.toBe(found);
      expect(mayHold(found, shape)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('has marks wherever a pattern looks behind itself, which is slow', () => {
  const slow = secretShapes.filter(({ pattern }) => pattern.source.includes('(?<!'));
  expect(slow.length).toBeGreaterThan(10);
  expect(slow.filter(({ marks }) => marks.length === 0)).toEqual([]);
});
