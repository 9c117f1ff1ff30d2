import { expect, it } from 'vitest';
import { classify, type FailureClass } from './classify.ts';
import type { Outcome, Said } from './outcome.ts';

const refused = (status: number, said: Said | null = null): Outcome => ({ kind: 'refused', status, said, retryAfterMs: null });

it.each<[Outcome, FailureClass | null]>([
  [{ kind: 'content' }, null],
  [refused(408), 'timeout'],
  [refused(409), 'conflict'],
  [refused(429), 'rate'],
  [refused(429, 'quota'), 'cut'],
  [refused(500), 'server'],
  [refused(502), 'server'],
  [refused(503), 'overloaded'],
  [refused(504), 'timeout'],
  [refused(529), 'overloaded'],
  [refused(599), 'server'],
  [refused(200, 'overloaded'), 'overloaded'],
  [refused(200, 'rate-limited'), 'rate'],
  [refused(200), 'garbled'],
  [refused(401), 'cut'],
  [refused(402), 'cut'],
  [refused(403), 'cut'],
  [refused(451), 'cut'],
  [refused(404), 'gone'],
  [refused(400, 'unknown-model'), 'gone'],
  [refused(403, 'unknown-model'), 'gone'],
  [refused(404, 'missing'), 'request'],
  [refused(403, 'missing'), 'request'],
  [refused(403, 'flagged'), 'request'],
  [refused(402, 'unfit'), 'unfit'],
  [refused(400), 'request'],
  [refused(413), 'unfit'],
  [refused(400, 'account'), 'cut'],
  [refused(400, 'quota'), 'cut'],
  [refused(400, 'unfit'), 'unfit'],
  [refused(422), 'request'],
  [refused(400, 'context-overflow'), 'overflow'],
  [refused(413, 'context-overflow'), 'overflow'],
  [refused(400, 'foreign-thinking'), 'thinking'],
  [refused(400, 'cache-marks'), 'marks'],
  [{ kind: 'unreachable', why: null }, 'connection'],
  [{ kind: 'silent' }, 'timeout'],
  [{ kind: 'garbled' }, 'garbled'],
  [{ kind: 'broken-off' }, 'broken-off'],
  [{ kind: 'left' }, 'left'],
])('%j is of the class %s', (outcome, failure) => {
  expect(classify(outcome)).toBe(failure);
});
