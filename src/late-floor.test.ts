import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFactory } from './factory.ts';
import { lateFloor } from './late-floor.ts';
import { systemClock } from './plant/clock/index.ts';
import { floorRoot, hostFloor } from './plant/floor/index.ts';

describe('a floor that nobody may have needed', () => {
  let home = '';
  beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'jidoka-late-'))));
  afterEach(async () => await rm(home, { recursive: true, force: true }));

  const late = () => {
    let times = 0;
    const floor = lateFloor('host', () => {
      times += 1;
      return hostFloor({ root: join(home, 'work'), clock: systemClock(), env: process.env, log: () => undefined });
    });
    return { floor, times: () => times };
  };

  it('is not made to say its kind, nor to be closed', async () => {
    const { floor, times } = late();
    expect(floor.kind).toBe('host');
    await floor.close();
    expect([times(), floor.isUsed]).toEqual([0, false]);
  });

  it('is made once for all who ask', async () => {
    const { floor, times } = late();
    const [standing, probe] = await Promise.all([floor.list(), floor.probe()]);
    expect([standing, probe.kind, times(), floor.isUsed]).toEqual([[], 'host', 1, true]);
    await floor.close();
  });

  it('is neither looked at nor tidied up by a factory that only reads', async () => {
    const root = floorRoot(home, process.getuid?.());
    const isThere = (): Promise<boolean> =>
      access(root).then(
        () => true,
        () => false,
      );
    const reader = await createFactory({
      home,
      databaseUrl: null,
      postgresBin: null,
      env: process.env,
      version: '0',
      log: () => undefined,
    });
    expect(await reader.runs({})).toEqual([]);
    await reader.close();
    expect(await isThere()).toBe(false);
  });
});
