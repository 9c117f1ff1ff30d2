import { expect, test } from 'vitest';
import type { Where } from './where.ts';
import { confinementOf } from './confinement.ts';

const where: Where = {
  host: 'h',
  platform: 'linux',
  executor: 'e',
  pid: 1,
  floor: 'sandbox',
  tier: 'T2',
  user: 'u',
  node: '22',
  npm: '11',
  wall: 'bubblewrap',
};
const at = (tier: string, wall = 'x'): Where => ({ ...where, tier, wall });

test.each<[readonly Where[], string, boolean]>([
  [[at('T2'), at('T3')], 'T2', true],
  [[at('T4')], 'T4', true],
  [[at('T2'), at('T0', 'none')], 'T0', false],
  [[at('T1')], 'T1', false],
])('one stage that was not walled keeps the whole run from being merged by a machine: %#', (places, least, mayMergeAlone) => {
  expect(confinementOf(places)).toEqual({ least, mayMergeAlone });
});

test('runs of before it was recorded say nothing, and so does a stage that was not begun', () => {
  const { wall: _, ...old } = where;
  expect(confinementOf([old])).toBeNull();
  expect(confinementOf([old, at('T2')])).toEqual({ least: 'T2', mayMergeAlone: true });
});
