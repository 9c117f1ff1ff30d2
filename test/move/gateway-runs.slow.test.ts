import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startCommand } from '../../kit/scenario/index.ts';
import { forgetHome } from '../scenarios/forget-home.ts';
import { moveData, type Database } from '../../src/plant/postgres/index.ts';
import { twoServers, type TwoServers } from './two-servers.ts';

let servers: TwoServers;
let home: string;
beforeAll(async () => {
  servers = await twoServers();
  home = join(servers.folder, 'gateway-home');
  await mkdir(home);
  await writeFile(
    join(home, 'factory.yaml'),
    `gateway:
  providers: { house: { protocols: [chat], base: "http://127.0.0.1:9/v1", vendor: self, region: own } }
  models:
    strong:
      { upstreams: [house/m], price: { asOf: 2026-11-20, input: 3, output: 15 }, window: 200000, output: 100, capabilities: [tools], weights: open }
  slots: { coder: strong }
`,
  );
});
afterAll(async () => {
  await forgetHome(home);
  await servers.close();
});

/** Returns when it said where it listens; throws where it ended instead. */
async function heard(serving: Running): Promise<void> {
  const over = serving.ended.then(({ stderr }) => Promise.reject(new Error(`It ended: ${stderr}`)));
  over.catch(() => undefined);
  while (serving.out().length === 0) await Promise.race([over, pause(20)]);
}

const move = (from: Database, to: Database) => moveData(from, to, { log: () => undefined, blobs: null });

it('a factory is not moved while a gateway serves it, and is when that has stopped, or was killed', async () => {
  const [from, to] = [await servers.fresh(0), await servers.fresh(1)];
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const serving = startCommand(['gateway', 'serve', '--json', '--port', '0', '--home', home, '--database', from.url], {
      cwd: home,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    await heard(serving);
    await expect(move(from, to)).rejects.toMatchObject({
      code: 'move-refused',
      message: expect.stringMatching(new RegExp(`process ${serving.pid} on .* still works here`)),
    });
    serving.kill(signal);
    await serving.ended;
  }
  expect(await move(from, to)).toContainEqual({ table: 'model_call', rows: 0 });
});
