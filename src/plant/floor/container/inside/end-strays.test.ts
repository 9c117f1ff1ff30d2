import { expect, test } from 'vitest';
import { straysAmong } from './end-strays.ts';

const first = { pid: 1, parent: 0, command: '/bin/sh\0-c\0…' };
const sleep = { pid: 7, parent: 1, command: 'sleep\x002147483647\x00' };
const runner = { pid: 20, parent: 0, command: 'node\0-e\0…' };
const command = { pid: 30, parent: 20, command: 'npm\0test\0' };

function pids(...more: readonly { readonly pid: number; readonly parent: number; readonly command: string }[]): readonly number[] {
  return straysAmong([first, sleep, runner, command, ...more])
    .map(({ pid }) => pid)
    .sort((left, right) => left - right);
}

test('what the engine started and what that started is no stray, nor is the sleep of the first process', () => {
  expect(pids()).toEqual([]);
});

test('a daemon that nothing leads to is one, with all that it started', () => {
  const daemon = { pid: 40, parent: 1, command: 'server\0' };
  const child = { pid: 41, parent: 40, command: 'worker\0' };
  expect(pids(daemon, child, { pid: 42, parent: 41, command: 'x\0' })).toEqual([7, 40, 41, 42]);
});

test('one that looks like the sleep of the first process does not pass for it', () => {
  expect(pids({ ...sleep, pid: 43 })).toEqual([7, 43]);
});

test('while a started command goes on, nobody is one: it may be its own', () => {
  const keeper = { pid: 50, parent: 1, command: 'node\0/jidoka/floor/job/started/x/keeper.cjs\x00' };
  expect(pids(keeper, { pid: 40, parent: 1, command: 'server\0' })).toEqual([]);
});
