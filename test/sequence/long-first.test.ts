import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { long, longFirst } from './long-first.ts';

it('begins with the long suites, and leaves the others as they came', () => {
  const [first = '', second = ''] = long;
  expect(longFirst(['b', second, 'a', first], (file) => file)).toEqual([first, second, 'b', 'a']);
});

it.each(long)('knows %s, which is there', (path) => {
  expect(existsSync(join(import.meta.dirname, '../..', path))).toBe(true);
});
