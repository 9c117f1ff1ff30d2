import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../../kit/clock/index.ts';
import { takeBearings } from './ground.ts';
import type { ContainerGround } from './ground.ts';
import { openContainer } from './open.ts';

let root: string;
let server: Server;
const asked: string[] = [];
const unheard: unknown[] = [];
const hear = (reason: unknown): void => void unheard.push(reason);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jd-o-'));
  process.on('unhandledRejection', hear);
});
afterEach(async () => {
  process.off('unhandledRejection', hear);
  server.close();
  await rm(root, { recursive: true });
});

/** An engine that makes containers and runs nothing in them: it refuses first the one command, then the other. */
async function brokenEngine(): Promise<string> {
  const socket = join(root, 'engine');
  let tell = (): void => undefined;
  const refused = new Promise<void>((resolve) => (tell = resolve));
  server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url?.split('?')[0]}`;
    asked.push(what);
    const body = request.method === 'POST' ? await json(request).catch(() => null) : null;
    const answer = (status: number, value: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (what === 'GET /version') return answer(200, { Version: '20.10.24', Os: 'linux' });
    if (what === 'POST /containers/create') return answer(201, { Id: 'made' });
    if (what === 'POST /containers/made/start') return answer(204, {});
    if (what !== 'POST /containers/made/exec') return answer(404, { message: 'No such container' });
    if (!JSON.stringify(body).includes('resolv.conf')) await refused;
    answer(500, { message: 'it runs nothing' });
    setImmediate(tell);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return socket;
}

async function groundOn(engine: string): Promise<ContainerGround> {
  const egress = { serve: () => Promise.reject(new Error('there is no way out')) };
  const options = { root, clock: manualClock(), env: {}, log: () => undefined, egress, image: null, engine };
  const machine = {
    NCPU: 1,
    MemTotal: 2 ** 30,
    KernelVersion: '6.1',
    Architecture: 'x86_64',
    CgroupVersion: '2',
    CgroupDriver: 'systemd',
    DefaultRuntime: 'runc',
  };
  return {
    ...(await takeBearings(options, new Map())),
    image: { id: 'image', digest: 'image', env: {}, volumes: [] },
    ground: 'ground',
    pack: { digest: '0', text: '{}' },
    tools: { node: '22.0.0', npm: '10.0.0', git: '2.40.0' },
    claims: [],
    machine,
    building: new Set(),
  };
}

test('an engine that runs nothing is told once, with nothing left that nobody hears of', async () => {
  const ground = await groundOn(await brokenEngine());
  await expect(openContainer(ground, 'one')).rejects.toMatchObject({ message: expect.stringContaining('it runs nothing') });
  await new Promise(setImmediate);
  expect(unheard).toEqual([]);
  expect(asked.slice(asked.indexOf('POST /containers/create'))).toContainEqual(expect.stringMatching(/^DELETE /));
});
