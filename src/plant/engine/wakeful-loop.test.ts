import { expect, it } from 'vitest';
import { WakefulLoop } from './wakeful-loop.ts';

it('misses no call to wake, at whatever moment of a turn it comes', async () => {
  for (let ticks = 0; ticks < 12; ticks += 1) {
    let turns = 0;
    const second = new Promise<void>((resolve) => {
      const loop = new WakefulLoop(async () => {
        turns += 1;
        if (turns === 1) void after(ticks).then(() => loop.wake());
        if (turns === 2) resolve(loop.stop());
        return 60_000;
      });
      loop.wake();
    });
    await second;
    expect(turns).toBe(2);
  }
});

it('takes one turn at a time, and one for many calls during it', async () => {
  let [turns, open] = [0, 0];
  let most = 0;
  const over = new Promise<void>((resolve) => {
    const loop = new WakefulLoop(async () => {
      turns += 1;
      open += 1;
      most = Math.max(most, open);
      if (turns === 1) for (let call = 0; call < 5; call += 1) loop.wake();
      await after(3);
      open -= 1;
      if (turns === 2) resolve(loop.stop());
      return 60_000;
    });
    loop.wake();
  });
  await over;
  expect([turns, most]).toEqual([2, 1]);
});

it('takes a turn by itself when the time it asked for has passed', async () => {
  let turns = 0;
  await new Promise<void>((resolve) => {
    const loop = new WakefulLoop(async () => {
      turns += 1;
      if (turns === 3) resolve(loop.stop());
      return 1;
    });
    loop.wake();
  });
  expect(turns).toBe(3);
});

async function after(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
}
