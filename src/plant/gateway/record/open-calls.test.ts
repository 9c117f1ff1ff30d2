import { expect, it } from 'vitest';
import { OpenCalls } from './open-calls.ts';

it('a call is noted once it has lasted for a second, then each five seconds, and no more when it has ended', () => {
  const open = new OpenCalls();
  const noted: string[] = [];
  const seenAt = (now: number): string => {
    open.look(now);
    return noted.splice(0).join(' ');
  };
  const a = open.begin(0, () => noted.push('a'));
  open.begin(700, () => noted.push('b'));
  expect([seenAt(999), a.isNoted, seenAt(1_000), a.isNoted]).toEqual(['', false, 'a', true]);
  expect([seenAt(1_500), seenAt(2_000), seenAt(5_900), seenAt(6_000)]).toEqual(['', 'b', '', 'a']);
  open.end(a);
  expect(seenAt(60_000)).toBe('b');
  open.begin(60_000, () => noted.push('c'));
  expect([seenAt(60_500), seenAt(61_000), seenAt(65_000)]).toEqual(['', 'c', 'b']);
});
