import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../../../kit/clock/index.ts';
import type { Digest } from '../../../core/base/ids.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import { hostConfines } from '../confines.ts';
import { floorOn } from '../floor-on.ts';
import type { LocalFloor } from '../floor-on.ts';
import { prepareBedrock } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { copies } from '../layers/copy.ts';
import type { Limiter } from '../limits/index.ts';

/** Timers of watches of disks that are set: others of this process have nothing to do with them. None of them fires here. */
const ticking = new Set<unknown>();

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jd-l-'));
  ticking.clear();
  const [set, clear] = [globalThis.setTimeout, globalThis.clearTimeout];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((what: () => void, ms?: number) => {
    if (what.name !== 'tick') return set(what, ms);
    const timer = set(() => undefined, 2 ** 31 - 1);
    ticking.add(timer);
    return timer;
  }) as typeof setTimeout); // which has a promise of it too, for which nobody asks here
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    ticking.delete(timer);
    clear(timer);
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, maxRetries: 5 });
});

/** Limits nothing, so that the watch of the disk is all there is. */
const limiter: Limiter = {
  method: 'rlimits',
  claims: [],
  group: async () => ({
    enclose: (argv) => argv,
    usage: async () => ({ cpuMs: null, memoryPeakBytes: null, processes: null }),
    exceeded: async () => null,
    end: async () => 0,
    remove: async () => undefined,
  }),
  remove: async () => undefined,
};

function floorWithLimits(): LocalFloor {
  const tools = { PATH: process.env['PATH'] ?? '' };
  const account = { user: null, name: userInfo().username, node: process.versions.node, npm: '', tools, caveats: [] };
  return floorOn('test', root, async (): Promise<Ground> => {
    const bedrock = await prepareBedrock({ root, clock: manualClock(), env: process.env, log: () => undefined, account });
    const shared = { path: bedrock.path, npmCache: root, npmSettings: '', ceiling: root, trust: {} };
    return {
      ...bedrock,
      confines: hostConfines({ account, env: process.env, shared, ports: null }),
      layers: async () => copies(tools, ''),
      limiter: async () => limiter,
      proof: { kind: 'test', tier: 'T0', user: account.name, wall: 'none', claims: [], caveats: [] },
    };
  });
}

/** Has the budget of a workspace opened, and its disk watched from then on. */
async function watched(workspace: Workspace): Promise<void> {
  const before = ticking.size;
  await workspace.usage();
  expect(ticking.size).toBe(before + 1);
}

test('a workspace is watched until it is destroyed, and by a visitor until the visit ends', async () => {
  const floor = floorWithLimits();
  const owned = await floor.open('one');
  await watched(owned);
  const visit = await floor.attach(owned.ref, { visit: true });
  if (visit.kind !== 'attached') throw new Error(`it is ${visit.kind}`);
  await watched(visit.workspace);
  await visit.workspace.destroy();
  expect(ticking.size).toBe(1);
  await owned.destroy();
  expect(ticking.size).toBe(0);
});

test('a base that is sealed, and one that is given up, is watched no more', async () => {
  const bases = await floorWithLimits().bases();
  for (const how of ['seal', 'abandon'] as const) {
    const building = await bases.begin(how.padEnd(64, '0') as Digest, undefined);
    if (building === null) throw new Error('somebody else builds it');
    await watched(building.workspace);
    await building[how]();
    expect(ticking.size).toBe(0);
  }
});
