import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../../kit/clock/index.ts';
import type { Floor } from '../../../core/ports/floor.ts';
import { containerFloor } from './container-floor.ts';

let root: string;
let server: Server | null = null;
const asked: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jd-f-'));
});
afterEach(async () => {
  server?.close();
  server = null;
  asked.length = 0;
  await rm(root, { recursive: true });
});

/** An engine on which nothing stands. */
async function startEngine(): Promise<void> {
  const own = createServer((request, response) => {
    asked.push(request.url ?? '');
    const value = request.url?.startsWith('/version') === true ? { Version: '20.10.24', Os: 'linux' } : [];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(join(root, 'engine'), resolve));
}

function floorHere(): Floor {
  const egress = { serve: () => Promise.reject(new Error('there is no way out')) };
  const engine = join(root, 'engine');
  return containerFloor({ root, clock: manualClock(), env: {}, log: () => undefined, egress, image: null, engine });
}

test('a floor that was not used asks no engine when it closes', async () => {
  await startEngine();
  await floorHere().close();
  expect(asked).toEqual([]);
});

test('an engine that was down when it was first needed is found once it runs', async () => {
  const floor = floorHere();
  await expect(floor.list()).rejects.toMatchObject({ code: 'floor-unreachable' });
  await startEngine();
  expect(await floor.list()).toEqual([]);
});
