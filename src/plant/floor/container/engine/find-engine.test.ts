import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findEngine } from './find-engine.ts';

let folder: string;
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jd-e-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true });
});

async function serve(name: string, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  const socket = join(folder, name);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return socket;
}

const says =
  (version: object): RequestListener =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(version));

test('the engine says who it is, and what a distribution adds to its version is left out', async () => {
  const docker = await serve('docker', says({ Version: '20.10.24+dfsg1', Os: 'linux', Components: [{ Name: 'Engine' }] }));
  const podman = await serve('podman', says({ Version: '4.3.1', Os: 'linux', Components: [{ Name: 'Podman Engine' }] }));
  expect(await findEngine({ engine: docker, env: {} })).toMatchObject({
    kind: 'docker',
    version: '20.10.24',
    where: `unix://${docker}`,
    socket: docker,
  });
  expect(await findEngine({ engine: null, env: { DOCKER_HOST: `unix://${podman}` } })).toMatchObject({ kind: 'podman', version: '4.3.1' });
});

test('for one that was named and is not there, nothing else stands in', async () => {
  const absent = join(folder, 'absent');
  await expect(findEngine({ engine: absent, env: {} })).rejects.toMatchObject({
    code: 'floor-unreachable',
    message: `No container engine answers (unix://${absent}: nothing there).`,
    mend: expect.stringContaining('that was named'),
  });
});

test('what answers and is no engine for Linux is refused with what it is', async () => {
  const windows = await serve('windows', says({ Version: '27.0.0', Os: 'windows' }));
  await expect(findEngine({ engine: windows, env: {} })).rejects.toMatchObject({
    code: 'floor-unreachable',
    message: expect.stringContaining('windows'),
  });
  const other = await serve('other', (_, response) => void response.end('<html>'));
  await expect(findEngine({ engine: other, env: {} })).rejects.toMatchObject({ code: 'floor-unreachable' });
});
