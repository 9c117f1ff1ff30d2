import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDaemon, tokenOf, writeDaemon } from './daemon-file.ts';
import { startDaemon, stopDaemon } from './index.ts';
import { lifeOf } from './life.ts';
import { daemonPlace } from './place.ts';

let home: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-daemon-'));
  await mkdir(daemonPlace(home).folder);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(home, { recursive: true, force: true });
});

/** A process that is the daemon of the home as far as its files say; resolves when it has said a line. */
async function pretender(script: string): Promise<{ readonly pid: number; readonly said: string }> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said = String((await once(child.stdout, 'data'))[0]).trim();
  const living = await lifeOf(child.pid ?? 0);
  if (living === null) throw new Error('the child does not live');
  await writeDaemon(daemonPlace(home), {
    ...living,
    url: 'http://127.0.0.1:1',
    token: 'token',
    startedAt: '',
    version: '1',
    database: 'embedded',
    options: [],
  });
  return { pid: living.pid, said };
}

const idle = "setInterval(() => {}, 1000); console.log('up');";

describe('stopDaemon', () => {
  it('says that there is none, and stays so', async () => {
    expect(await stopDaemon(home, { drain: false, patienceMs: 100 })).toEqual({ kind: 'none' });
  });

  it('ends the daemon, waits for its end and removes its files', async () => {
    const { pid } = await pretender(idle);
    expect(await stopDaemon(home, { drain: false, patienceMs: 10_000 })).toEqual({ kind: 'stopped', pid, forced: false });
    expect(await lifeOf(pid)).toBeNull();
    await expect(stat(daemonPlace(home).file)).rejects.toThrow('ENOENT');
  });

  it('ends one that does not listen with all its children', async () => {
    const script = `process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn('sleep', ['60'], { detached: true });
      setInterval(() => {}, 1000); console.log(child.pid);`;
    const { pid, said } = await pretender(script);
    expect(await stopDaemon(home, { drain: false, patienceMs: 100 })).toEqual({ kind: 'stopped', pid, forced: true });
    expect(await lifeOf(Number(said))).toBeNull();
  });

  it('asks with SIGQUIT for a drain, and waits beyond its patience', async () => {
    await pretender(`process.on('SIGQUIT', () => setTimeout(() => process.exit(), 300)); ${idle}`);
    expect(await stopDaemon(home, { drain: true, patienceMs: 1 })).toMatchObject({ kind: 'stopped', forced: false });
  });

  it('never touches a process that only has the pid of a dead daemon', async () => {
    const { pid } = await pretender(idle);
    const { file } = daemonPlace(home);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"life": "[^"]*"/, '"life": "an earlier one"'));
    expect(await findDaemon(home)).toBeNull();
    expect(await stopDaemon(home, { drain: false, patienceMs: 100 })).toEqual({ kind: 'none' });
    expect(await lifeOf(pid)).not.toBeNull();
  });
});

describe('findDaemon', () => {
  it.each(['', '{', '[]', '{"pid":1}'])('takes %j for no daemon', async (text) => {
    await writeFile(daemonPlace(home).file, text);
    expect(await findDaemon(home)).toBeNull();
  });

  it('follows no path out of the folder for the token', async () => {
    const { file } = daemonPlace(home);
    await pretender(idle);
    await writeFile(daemonPlace(home).token, 'secret\n');
    const found = await findDaemon(home);
    expect(found === null ? null : await tokenOf(home, found)).toBe('secret');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"token"', '"token": "../../etc/passwd", "was"'));
    expect(await findDaemon(home)).toBeNull();
  });
});

describe('startDaemon', () => {
  const start = async (script: string, patienceMs = 20_000): ReturnType<typeof startDaemon> => {
    const path = join(home, 'daemon.mjs');
    await writeFile(path, script);
    return startDaemon({ home, argv: [path], env: process.env, patienceMs });
  };

  it('returns what the daemon says of itself, and lets it live on', async () => {
    const ready = `setInterval(() => {}, 1000); console.error('hello'); process.send({ kind: 'ready', daemon: { pid: process.pid, url: 'http://here' } });`;
    const { daemon, log } = await start(ready);
    try {
      expect(daemon.url).toBe('http://here');
      expect(await lifeOf(daemon.pid)).not.toBeNull();
      expect(await readFile(log, 'utf8')).toContain('hello');
      expect((await stat(log)).mode & 0o777).toBe(0o600);
    } finally {
      process.kill(daemon.pid, 'SIGKILL');
    }
  });

  it('tells the last words of one that dies, and not those of an earlier one', async () => {
    await writeFile(daemonPlace(home).log, 'long ago\n');
    const dying = start("throw new Error('no such luck');");
    await expect(dying).rejects.toMatchObject({ code: 'daemon-failed', message: expect.stringContaining('no such luck') });
    await expect(dying).rejects.toMatchObject({ message: expect.not.stringContaining('long ago') });
  });

  it('throws the error of one that refuses to start', async () => {
    const refusing = `process.send({ kind: 'refused', error: { code: 'port-taken', message: 'It is taken.', mend: 'Take another.' } });`;
    await expect(start(refusing)).rejects.toMatchObject({ code: 'port-taken', message: 'It is taken.', mend: 'Take another.' });
  });

  it('ends one that says nothing for too long', async () => {
    await expect(start('setInterval(() => {}, 1000);', 300)).rejects.toMatchObject({
      code: 'daemon-failed',
      message: expect.stringContaining('0.3 s'),
    });
  });

  it('refuses beside a living one, with its pid and url', async () => {
    const { pid } = await pretender(idle);
    await expect(start('')).rejects.toMatchObject({ code: 'daemon-running', data: { pid, url: 'http://127.0.0.1:1' } });
  });

  it('puts a log that grew too long aside', async () => {
    const { log } = daemonPlace(home);
    await writeFile(log, 'x'.repeat(5 * 1024 ** 2));
    await expect(start('')).rejects.toThrow('ended with exit code 0');
    expect((await stat(`${log}.1`)).size).toBe(5 * 1024 ** 2);
    expect((await stat(log)).size).toBe(0);
  });
});
