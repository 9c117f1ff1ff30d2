import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as ask } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { serve } from './served.ts';

const open: { close(): Promise<void> | void }[] = [];
let folder = '';
let base = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-tls-'));
  await certificates();
  const twin = await startModelTwin({
    scenario: readScenario('{ steps: [{ say: Hello over TLS. }] }', 'test'),
    port: 0,
    tape: memoryTape(),
    replay: null,
  });
  const [key, cert] = await Promise.all([readFile(join(folder, 'key.pem')), readFile(join(folder, 'cert.pem'))]);
  const server = createServer({ key, cert }, (request, response) => {
    const { method, headers } = request;
    request.pipe(
      ask(`${twin.url}${request.url}`, { ...(method !== undefined && { method }), headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push(twin, { close: () => server.closeAllConnections() }, { close: () => void server.close() });
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
});
afterAll(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
  await rm(folder, { recursive: true });
});

/** An authority of this test, and a certificate of this machine by it. */
async function certificates(): Promise<void> {
  const run = promisify(execFile);
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', [...make, '-subj', '/CN=Authority of a test', '-keyout', 'ca.key', '-out', 'ca.pem'], { cwd: folder });
  const here = ['-subj', '/CN=here', '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE'];
  await run('openssl', [...make, ...here, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', 'key.pem', '-out', 'cert.pem'], { cwd: folder });
}

const message = (stream: boolean): string =>
  JSON.stringify({ model: 'coder', max_tokens: 100, stream, messages: [{ role: 'user', content: 'Hi.' }] });

it('does not take a certificate that nobody vouches for, and says why', async () => {
  const served = await serve({ house: { base, protocols: ['messages'] } });
  open.push(served);
  const response = await fetch(`${served.keyed}/v1/messages`, { method: 'POST', body: message(false) });
  const why = 'house cannot be reached (its certificate is not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE; NODE_EXTRA_CA_CERTS';
  expect([response.status, await response.text()]).toEqual([529, expect.stringContaining(why)]);
  expect(served.calls[0]?.tries[0]).toMatchObject({ outcome: 'unreachable' });
});

it('asks over TLS where the owner vouches for the authority, streaming and not, and past any proxy', async () => {
  const yaml = `gateway:
  providers: { house: { protocols: [messages], base: "${base}", vendor: self, region: own } }
  models:
    own: { upstreams: [house/twin], price: { asOf: 2026-11-20, input: 0, output: 0 }, window: 100000, output: 1000, capabilities: [tools], weights: open }
  slots: { coder: own }
`;
  await writeFile(join(folder, 'factory.yaml'), yaml);
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    HTTPS_PROXY: 'http://127.0.0.1:9',
    JIDOKA_HOME: '',
    JIDOKA_DATABASE_URL: '',
  };
  const command = [resolve('dist/src/doors/cli/main.js'), 'gateway', 'serve', '--config', 'factory.yaml', '--port', '0', '--json'];
  const gateway = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(gateway, 'exit');
  try {
    const [line] = (await once(gateway.stdout, 'data')) as [Buffer];
    const { url, key } = JSON.parse(line.toString()) as { url: string; key: string }; // what the command says
    for (const stream of [false, true]) {
      const response = await fetch(`${url}/g/${key}/v1/messages`, { method: 'POST', body: message(stream) });
      const text = await response.text();
      expect([response.status, text.includes('"stop_reason":"end_turn"')]).toEqual([200, true]);
      expect(text).toContain('Hello');
    }
  } finally {
    gateway.kill('SIGTERM');
    await ended;
  }
});
