import { expect, it } from 'vitest';
import { noUsage } from '../../../core/gateway/money/usage.ts';
import { sessionTable } from './session-table.ts';

const answer = { model: 'strong', at: 'a/strong', protocol: 'messages', usage: { ...noUsage, cacheWrite5m: 100 }, now: 0 } as const;

it('a hundred thousand sessions take the room of the last twenty thousand, and the others begin anew', () => {
  const table = sessionTable(() => 0);
  for (let at = 0; at < 100_000; at += 1) table.answered(`session-${at}`, answer);
  expect(table.size()).toBe(20_000);
  expect(table.find('session-79999')).toBeNull();
  expect(table.find('session-80000')?.pins[0]?.at).toBe('a/strong');
});

it('a session that goes on outlives those that do not', () => {
  const table = sessionTable(() => 0, 2);
  for (const id of ['one', 'two', 'one', 'three']) table.answered(id, answer);
  expect(['one', 'two', 'three'].map((id) => table.find(id)?.calls ?? 0)).toEqual([2, 0, 1]);
});

it('a session that was not seen for two hours is forgotten, and takes no room once another one comes', () => {
  let now = 0;
  const table = sessionTable(() => now);
  table.answered('old', answer);
  now = 2 * 60 * 60_000;
  expect(table.find('old')).toBeNull();
  table.answered('new', answer);
  expect(table.size()).toBe(1);
});
