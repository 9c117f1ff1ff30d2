import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedAddress, usualAddresses } from './addresses.ts';

test('what the owner names counts before the environment, and a socket may be named as a path', async () => {
  const env = { DOCKER_HOST: 'unix:///run/other.sock' };
  for (const named of ['/run/one.sock', 'unix:///run/one.sock', 'unix:/run/one.sock']) {
    expect(await namedAddress(named, env)).toMatchObject({
      where: 'unix:///run/one.sock',
      socket: '/run/one.sock',
      client: { socketPath: '/run/one.sock' },
    });
  }
  expect(await namedAddress(null, env)).toMatchObject({ where: 'unix:///run/other.sock' });
  expect(await namedAddress(null, { CONTAINER_HOST: 'unix:///run/podman.sock' })).toMatchObject({ where: 'unix:///run/podman.sock' });
  expect(await namedAddress(null, { DOCKER_HOST: '' })).toBeNull();
});

test('engines of two machines are never taken for one, though both listen on the same path', async () => {
  expect((await namedAddress('/run/one.sock', {}))?.host).toBe(`${hostname()}:/run/one.sock`);
  expect((await namedAddress('tcp://10.0.0.7:2375', {}))?.host).toBe('tcp://10.0.0.7:2375');
});

test('an address on the network has the port that engines have, and certificates where they are asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-certs-'));
  for (const name of ['ca', 'cert', 'key']) await writeFile(join(folder, `${name}.pem`), name);
  expect((await namedAddress('tcp://engine.example', {}))?.client).toEqual({ protocol: 'http', host: 'engine.example', port: 2375 });
  const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => Buffer.from(name));
  expect((await namedAddress('tcp://engine.example', env))?.client).toEqual({
    protocol: 'https',
    host: 'engine.example',
    port: 2376,
    ca,
    cert,
    key,
  });
  expect((await namedAddress('tcp://[::1]:99', {}))?.client).toEqual({ protocol: 'http', host: '::1', port: 99 });
  await rm(folder, { recursive: true });
});

test('what cannot be spoken to is refused with its name and with what to do instead', async () => {
  await expect(namedAddress('ssh://build.example', {})).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('ssh://build.example'),
    mend: expect.stringContaining('ssh -nNT'),
  });
  await expect(namedAddress('docker', {})).rejects.toMatchObject({ code: 'usage', mend: expect.stringContaining('DOCKER_HOST') });
});

test('unnamed, there is an address for each of the usual sockets', () => {
  expect(usualAddresses({}).map(({ where }) => where)).toEqual(['unix:///var/run/docker.sock', 'unix:///run/podman/podman.sock']);
});
