import { expect, test } from 'vitest';
import { isLeft } from './until-gone.ts';

const marker = 'JIDOKA_JOB=one';

test('a process counts as left until it has ended, also while nothing shows its environment any more', () => {
  expect(isLeft(`A=b\0${marker}\0`, statOf('R', 0x400000), marker)).toBe(true);
  expect(isLeft('', statOf('R', 0x40040c), marker)).toBe(true);
  expect(isLeft('', statOf('Z', 0x40040c), marker)).toBe(false);
});

test('what never had an environment is not waited for, a thread of the kernel among it', () => {
  expect(isLeft('', statOf('S', 0x400000), marker)).toBe(false);
  expect(isLeft('', statOf('I', 0x4208060), marker)).toBe(false);
  expect(isLeft('A=b\0', statOf('S', 0x400000), marker)).toBe(false);
});

/** The beginning of a line of /proc/PID/stat, as Linux 6.18 writes it; a name may hold anything. */
function statOf(state: string, flags: number): string {
  return `7 (a ) Z b) ${state} 1 7 7 0 -1 ${flags} 98 0`;
}
