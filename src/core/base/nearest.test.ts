import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it.each([
  ['plian', 'plain'],
  ['loadsh', 'lodash'],
  ['expres', 'express'],
  ['Reakt', 'react'],
  ['semvver', 'semver'],
  ['kaola', null],
  ['', null],
])('takes %j for %j', (word, meant) => {
  expect(nearest(word, ['plain', 'lodash', 'express', 'react', 'semver', 'koa-router'])).toBe(meant);
});
