import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { MemoryHouse, onlyRuns } from './index.ts';

const newHouse = (): MemoryHouse => new MemoryHouse({ hands: onlyRuns(async () => undefined) });

/** Reads a file so often; each time takes several turns of the loop, as a module does that is loaded when it is first needed. */
async function read(often: number): Promise<'read'> {
  for (let times = 0; times < often; times += 1) await readFile(import.meta.filename);
  return 'read';
}

test('what is waited for may take as many turns as it needs while something is read', async () => {
  let came = '';
  void read(400).then((word) => (came = word));
  await newHouse().until(() => came === 'read');
  expect(came).toBe('read');
});

test('a house is not quiet while something is read, for what comes of it is still to happen', async () => {
  let came = '';
  void read(20).then((word) => (came = word));
  await newHouse().quiet();
  expect(came).toBe('read');
});

test('what comes outside of the store is waited for too, and what does not come is told', async () => {
  const house = newHouse();
  let came = false;
  setTimeout(() => (came = true), 300);
  await house.until(() => came);
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  vi.setTimerTickMode('nextTimerAsync');
  try {
    await expect(house.until(() => false)).rejects.toThrow('does not come');
  } finally {
    vi.useRealTimers();
  }
});
