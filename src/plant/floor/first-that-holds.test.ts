import { beforeEach, expect, test } from 'vitest';
import { MemoryHouse } from '../../../kit/house/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { Floor, FloorProbe } from '../../core/ports/floor.ts';
import { firstThatHolds } from './first-that-holds.ts';

const noWall = new JidokaError('no-sandbox', 'There is no wall.', { mend: 'Install one.' });
const idle = async (): Promise<void> => {};
let asked: string[];
beforeEach(() => {
  asked = [];
});

function floorOf(kind: string, tier: FloorProbe['tier'], fault: Error | null): Floor {
  const floor = new MemoryHouse({ hands: { request: idle, run: idle, schedule: idle } }).ground.floor('me', () => true);
  const probe = async (): Promise<FloorProbe> => {
    asked.push(kind);
    if (fault !== null) throw fault;
    return { ...(await floor.probe()), kind, tier };
  };
  return { ...floor, kind, probe };
}

test('a floor that holds is taken, and the other never asked', async () => {
  const floor = firstThatHolds(floorOf('sandbox', 'T2', null), floorOf('container', 'T3', null));
  expect(await floor.probe()).toMatchObject({ kind: 'sandbox' });
  expect(asked).not.toContain('container');
});

test('without a wall the other one is taken, once it has shown that it holds, and says what it is', async () => {
  const floor = firstThatHolds(floorOf('sandbox', 'T2', noWall), floorOf('container', 'T3', null));
  expect(await floor.probe()).toMatchObject({ kind: 'container', tier: 'T3' });
  expect(floor.kind).toBe('container');
});

test.each<[string, Floor]>([
  ['cannot be used', floorOf('container', 'T3', new JidokaError('usage', 'There is no engine.', { mend: 'Start one.' }))],
  ['holds less', floorOf('container', 'T0', null)],
])('where the other one %s, the fault is the first and says how to get a wall', async (_what, other) => {
  await expect(firstThatHolds(floorOf('sandbox', 'T2', noWall), other).open('one')).rejects.toBe(noWall);
});

test('a fault that is not about walls leads nowhere else', async () => {
  const full = new JidokaError('disk-full', 'No room.', { mend: 'Make room.' });
  await expect(firstThatHolds(floorOf('sandbox', 'T2', full), floorOf('container', 'T3', null)).probe()).rejects.toBe(full);
  expect(asked).toEqual(['sandbox']);
});
