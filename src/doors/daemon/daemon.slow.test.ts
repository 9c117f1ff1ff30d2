import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetHome } from '../../../test/scenarios/forget-home.ts';
import { packagePath } from '../config.ts';
import { lifeOf } from './life.ts';

/** The built command line, each command in a process of its own. */
const program = packagePath('dist', 'src', 'doors', 'cli', 'main.js');

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-life-'));
});
afterEach(async () => {
  await jidoka('down');
  await forgetHome(home);
  await rm(home, { recursive: true, force: true });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

function begin(argv: readonly string[], env: Readonly<Record<string, string>> = {}): { readonly pid: number; readonly end: Promise<Said> } {
  const startedAt = performance.now();
  const own = { JIDOKA_HOME: home, JIDOKA_FLOOR: 'host', NO_COLOR: '1', ...env };
  const child = spawn(process.execPath, [program, ...argv], { env: { ...process.env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes) => (out += String(bytes)));
  child.stderr.on('data', (bytes) => (err += String(bytes)));
  const end = once(child, 'close').then(([code]) => ({ code: Number(code), out, err, ms: performance.now() - startedAt }));
  return { pid: child.pid ?? 0, end };
}

async function jidoka(...argv: readonly string[]): Promise<Said> {
  return begin(argv).end;
}

async function up(...options: readonly string[]): Promise<{ readonly pid: number; readonly url: string; readonly log: string }> {
  const { code, out, err } = await jidoka('up', '--port', '0', '--json', ...options);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

describe('the daemon', () => {
  it('answers when `up` returns, is seen by `status`, and is gone when `down` returns', async () => {
    const { pid, url } = await up();
    expect(await (await fetch(`${url}/v1/health`)).json()).toMatchObject({});
    expect(JSON.parse((await jidoka('status', '--json')).out)).toMatchObject({
      daemon: { pid, url },
      executors: expect.arrayContaining([expect.objectContaining({ name: 'daemon', isLive: true, pid })]),
    });
    expect(await jidoka('down')).toMatchObject({ code: 0, out: expect.stringContaining(`process ${pid}`) });
    expect(await lifeOf(pid)).toBeNull();
    expect(await jidoka('down')).toMatchObject({ code: 0, out: 'No daemon was running.\n' });
  });

  it('is one: a second `up` names the first', async () => {
    const { pid, url } = await up();
    const second = await jidoka('up', '--port', '0', '--json');
    expect(second.code).toBe(2);
    const { error } = JSON.parse(second.out);
    expect(error.code).toBe('daemon-running');
    expect(error.message).toContain(String(pid));
    expect(error.message).toContain(url);
  });

  it('is one of five that were started at the very same time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => jidoka('up', '--port', '0', '--json')));
    expect(all.map(({ code }) => code).toSorted()).toEqual([0, 2, 2, 2, 2]);
    const refused = all.filter(({ code }) => code === 2).map(({ out }) => JSON.parse(out).error.code);
    expect(new Set(refused)).toEqual(new Set(['daemon-running']));
  });

  it('killed, is no longer taken for alive, and its place is free', async () => {
    const first = await up();
    process.kill(first.pid, 'SIGKILL');
    while ((await lifeOf(first.pid)) !== null) await new Promise((resolve) => setImmediate(resolve));
    expect(JSON.parse((await jidoka('status', '--json')).out).daemon).toBeNull();
    const second = await up();
    expect(second.pid).not.toBe(first.pid);
  });

  it('that finds its port taken says so and leaves nothing running', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, out } = await jidoka('up', '--port', String(port), '--json');
    server.close();
    expect([code, JSON.parse(out).error.code]).toEqual([2, 'port-taken']);
    expect((await jidoka('down')).out).toBe('No daemon was running.\n');
  });

  it('that cannot reach its database says why', async () => {
    const database = 'postgres://nobody@127.0.0.1:1/none';
    const { code, out } = await jidoka('--database', database, 'up', '--port', '0', '--json');
    expect([code, JSON.parse(out).error.code]).toEqual([1, 'database-unavailable']);
    expect((await jidoka('down')).out).toBe('No daemon was running.\n');
  });

  it('in the foreground says what it does, and ends with 0 on SIGTERM', async () => {
    const { pid, end } = begin(['up', '--foreground', '--port', '0']);
    let found: unknown = null;
    while (found === null) found = JSON.parse((await readFile(join(home, 'daemon', 'daemon.json'), 'utf8').catch(() => '')) || 'null');
    expect(found).toMatchObject({ pid });
    process.kill(pid, 'SIGTERM');
    const { code, err } = await end;
    expect([code, err]).toEqual([0, expect.stringContaining(`Serves http://127.0.0.1:`)]);
    expect((await readdir(join(home, 'daemon'))).filter((name) => !name.startsWith('claim-'))).toEqual([]);
  });

  it('drains where asked, and leaves the database running for nobody', async () => {
    const { pid } = await up();
    expect(await jidoka('down', '--drain')).toMatchObject({ code: 0, out: expect.stringContaining(`process ${pid}`) });
    expect(await lifeOf(pid)).toBeNull();
  });
});

describe('a worker', () => {
  it('beside the daemon is seen, and goes without taking the database with it', async () => {
    await up();
    const { pid, end } = begin(['worker', '--name', 'second', '--queues', 'stages', '--labels', 'gpu']);
    const named = async (): Promise<unknown> => {
      const { executors } = JSON.parse((await jidoka('status', '--json')).out);
      return executors.find(({ name, isLive }: { readonly name: string; readonly isLive: boolean }) => name === 'second' && isLive);
    };
    while ((await named()) === undefined);
    expect(await named()).toMatchObject({ pid, queues: ['stages'], labels: ['gpu'] });
    process.kill(pid, 'SIGINT');
    expect((await end).code).toBe(0);
    expect((await jidoka('runs', '--json')).code).toBe(0);
  });
});
