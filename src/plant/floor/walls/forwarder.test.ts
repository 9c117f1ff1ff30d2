import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp, request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRunning } from '../../../../kit/floor/index.ts';
import { forwarderProgram } from './forwarder.ts';
import { freePort } from '../../../../test/net/free-port.ts';

let folder: string;
let port: number;
let server: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-forwarder-'));
  await writeFile(join(folder, 'forwarder.cjs'), forwarderProgram());
  server = createHttp((asked, response) => response.end(`you asked ${asked.url}`));
  await new Promise<void>((resolve) => server.listen(join(folder, 'out'), resolve));
  port = await freePort();
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command with the forwarder. */
function start(...argv: string[]) {
  const forwarder = [join(folder, 'forwarder.cjs'), `out:${port}:${join(folder, 'out')}`, '--'];
  const child = spawn(process.execPath, [...forwarder, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, output: text(child.stdout), errors: text(child.stderr), end: once(child, 'close') };
}

async function run(...argv: string[]) {
  const { output, errors, end } = start(...argv);
  const [code, signal] = (await end) as [number | null, string | null];
  return { code, signal, output: await output, errors: await errors };
}

const fetching = (path: string): string =>
  `fetch('http://127.0.0.1:${'PORT'}${path}', { headers: { connection: 'close' } }).then((r) => r.text()).then((t) => console.log(t))`;

test('the port is answered by the socket as soon as the command runs', async () => {
  const script = fetching('/npm/a').replace('PORT', String(port));
  expect(await run(process.execPath, '-e', script)).toMatchObject({ code: 0, output: 'you asked /npm/a\n' });
});

test('many connections at once are each answered', async () => {
  const one = (at: number): string => fetching(`/${at}`).replace('PORT', String(port));
  const script = Array.from({ length: 40 }, (_, at) => one(at)).join(';');
  const { output } = await run(process.execPath, '-e', script);
  expect(new Set(output.trim().split('\n')).size).toBe(40);
});

test.each([0, 3, 250])('it ends with the code of the command: %d', async (code) => {
  expect(await run('sh', '-c', `exit ${code}`)).toMatchObject({ code, signal: null });
});

test.each(['SIGTERM', 'SIGKILL', 'SIGSEGV'])('it ends by the signal of the command: %s', async (signal) => {
  expect(await run('sh', '-c', `kill -${signal.slice(3)} $$`)).toMatchObject({ code: null, signal });
});

test('a command that handles a signal is given it, and its own end counts', async () => {
  const ready = join(folder, 'ready');
  const script = 'trap "echo caught; exit 7" TERM; echo > "$1"; while :; do sleep 0.05; done';
  const { child, output, end } = start('sh', '-c', script, 'sh', ready);
  await expect.poll(() => existsSync(ready)).toBe(true);
  child.kill('SIGTERM');
  expect((await end)[0]).toBe(7);
  expect(await output).toBe('caught\n');
});

test('nothing of it is left, and the port is free again', async () => {
  const { child, end } = start('sh', '-c', 'exit 0');
  await end;
  expect(isRunning(child.pid ?? 0)).toBe(false);
  await expect(get(port)).rejects.toThrow('ECONNREFUSED');
});

test('it ends with the command even while a connection is open', async () => {
  const script = `require('net').connect(${port}, '127.0.0.1', () => { console.log('open'); process.exit(4); })`;
  expect(await run(process.execPath, '-e', script)).toMatchObject({ code: 4, output: 'open\n' });
});

test('a gate that is gone breaks connections and not the command', async () => {
  await new Promise((resolve) => server.close(resolve));
  const script = `require('http').get('http://127.0.0.1:${port}/').on('error', ({ code }) => console.log(code))`;
  expect(await run(process.execPath, '-e', script)).toMatchObject({ code: 0, output: 'ECONNRESET\n' });
  server = createServer().listen(0, '127.0.0.1');
});

test('a command that is not there is 127, one that cannot be run 126, and a port that is taken 125', async () => {
  expect(await run(join(folder, 'no-such-command'))).toMatchObject({ code: 127, errors: expect.stringContaining('no-such-command') });
  expect(await run(folder)).toMatchObject({ code: 126 });
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
  expect(await run('sh', '-c', 'echo ran')).toMatchObject({ code: 125, output: '', errors: expect.stringContaining(String(port)) });
  await new Promise((resolve) => taken.close(resolve));
});

test('its arguments reach the command as they are', async () => {
  const odd = ['--', '-x', '', 'a b', '$HOME', '"'];
  const { output } = await run(process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', 'first', ...odd);
  expect(JSON.parse(output)).toEqual(['first', ...odd]);
});

function get(at: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: at }, resolve).on('error', reject).end();
  });
}
