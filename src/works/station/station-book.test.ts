import { expect, test } from 'vitest';
import type { Station } from '../../core/ports/station.ts';
import { stationBook } from './index.ts';

const station = (name: string): Station => ({ name, perform: () => Promise.reject(new Error('only named here')) });
const book = stationBook([station('mechanic')], [{ word: 'model:', make: (rest) => station(`model:${rest}`) }]);

test('a station of a family is made for whatever name, and once', () => {
  expect(book.get('model:small')?.name).toBe('model:small');
  expect(book.get('model:small')).toBe(book.get('model:small'));
  expect(book.has('model:large')).toBe(true);
});

test('a word alone, and what is of no family, are no stations; those that there are can be named', () => {
  expect(['model:', 'model', 'codex'].map((name) => book.has(name))).toEqual([false, false, false]);
  expect([...book.keys()]).toEqual(['mechanic', 'model:NAME']);
});
