import { expect, it } from 'vitest';
import { notResting, type Rest, type Resting, restingOn } from './rest-of.ts';

const noWorker: Rest = { reason: 'no live worker serves queue stages', gate: null, mayPass: true };

/** What is known after looks at these times. */
const after = (...looks: readonly (readonly [number, Rest | null])[]): Resting =>
  looks.reduce((before, [atMs, rest]) => restingOn(rest, before, atMs), notResting);

it('what may pass by itself is told once it has lasted for a while', () => {
  expect(after([1000, noWorker]).isTold).toBe(false);
  expect(after([1000, noWorker], [3900, noWorker]).isTold).toBe(false);
  expect(after([1000, noWorker], [2000, noWorker], [4000, noWorker]).isTold).toBe(true);
});

it('what was over in between, or was something else, begins anew', () => {
  const slots: Rest = { ...noWorker, reason: 'line:deps has 2 of 2 slots taken' };
  expect(after([1000, noWorker], [2000, null], [5000, noWorker]).isTold).toBe(false);
  expect(after([1000, noWorker], [4000, slots]).isTold).toBe(false);
});

it('a question to a person is told at once', () => {
  expect(after([1000, { reason: 'review: May it go out? (reviewer)', gate: 'run/review/1', mayPass: false }]).isTold).toBe(true);
});
