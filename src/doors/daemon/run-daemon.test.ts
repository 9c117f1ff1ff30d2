import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory, type ScriptedRun } from '../../../kit/factory/index.ts';
import type { RunRequest, Serving } from '../../core/ports/factory.ts';
import { startApi } from '../api/index.ts';
import { type Daemon, findDaemon, runDaemon, tokenOf } from './index.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-run-daemon-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const request: RunRequest = {
  line: 'deps',
  repository: '/repos/shop',
  subject: { kind: 'package', name: 'ms' },
  to: null,
  scope: 'all',
  dryRun: false,
  again: false,
  advisories: [],
  lineFile: null,
  actor: 'tester',
};
const ms: ScriptedRun = { run: 'deps-ms-1', title: 'ms', verdict: 'PR_READY' };

interface Running {
  readonly world: RecordingWorld;
  readonly factory: ScriptedFactory;
  readonly daemon: Promise<Daemon>;
  readonly ended: Promise<void>;
}

function run(port = 0, factory = new ScriptedFactory({ folder: home, runsOf: () => [ms] })): Running {
  const world = new RecordingWorld({ cwd: home });
  let ended = Promise.resolve();
  const daemon = new Promise<Daemon>((ready, failed) => {
    ended = runDaemon({
      home,
      databaseUrl: null,
      host: '127.0.0.1',
      port,
      options: [],
      offer: { name: 'daemon', queues: null, labels: [], atOnce: 2 },
      version: '1.2.3',
      openFactory: async () => factory,
      startApi,
      onSignal: world.onSignal,
      say: (line) => world.stderr.write(`${line}\n`),
      ready,
    });
    ended.catch(failed);
  });
  return { world, factory, daemon, ended };
}

describe('runDaemon', () => {
  it('answers with its token, which nobody else may read, and leaves no file that lies', async () => {
    const { world, factory, daemon, ended } = run();
    const { url } = await daemon;
    const found = await findDaemon(home);
    expect(found).toMatchObject({ url, version: '1.2.3', pid: process.pid, database: 'embedded' });
    expect((await stat(join(home, 'daemon/token'))).mode & 0o777).toBe(0o600);
    const token = found === null ? null : await tokenOf(home, found);
    const ask = async (authorization: string): Promise<number> => (await fetch(`${url}/v1/status`, { headers: { authorization } })).status;
    expect([await ask(`Bearer ${token}`), await ask('Bearer guessed')]).toEqual([200, 401]);
    world.send('SIGTERM');
    await ended;
    expect(factory.closed).toBe(true);
    expect(await findDaemon(home)).toBeNull();
    expect((await readdir(join(home, 'daemon'))).filter((name) => !name.startsWith('claim-'))).toEqual([]);
    await expect(fetch(`${url}/v1/health`)).rejects.toThrow('fetch failed');
  });

  it('takes up what was left, and says so when it is done', async () => {
    const { world, factory, daemon, ended } = run();
    await daemon;
    await factory.submit(request);
    expect((await factory.runs({}))[0]?.state).toBe('ended');
    world.send('SIGINT');
    await ended;
    expect(world.stderr.text).toContain('Stops: what is in hand is given back.');
  });

  it('drains with SIGQUIT until somebody loses patience', async () => {
    const factory = new ScriptedFactory({ folder: home, runsOf: () => [ms] });
    const stops: string[] = [];
    const stop: Serving['stop'] = async (how) => {
      stops.push(how);
      if (how === 'when-done') await new Promise<never>(() => undefined);
    };
    Object.assign(factory, { serve: async (): Promise<Serving> => ({ executor: 'one', stop, lost: new Promise(() => undefined) }) });
    const { world, daemon, ended } = run(0, factory);
    await daemon;
    world.send('SIGQUIT');
    await world.stderr.wrote('Stops when what is in hand is done.');
    world.send('SIGTERM');
    await ended;
    expect(stops).toEqual(['when-done', 'at-once']);
  });

  it('closes everything and throws when it can serve no more', async () => {
    const factory = new ScriptedFactory({ folder: home, runsOf: () => [ms] });
    let lose = (_error: Error): void => undefined;
    const lost = new Promise<never>((_resolve, reject) => {
      lose = reject;
    });
    Object.assign(factory, { serve: async (): Promise<Serving> => ({ executor: 'one', stop: async () => undefined, lost }) });
    const { daemon, ended } = run(0, factory);
    await daemon;
    lose(new Error('the database is gone'));
    await expect(ended).rejects.toThrow('the database is gone');
    expect(factory.closed).toBe(true);
    expect(await findDaemon(home)).toBeNull();
  });

  it('refuses to be a second one, and leaves the first alone', async () => {
    const first = run();
    const { url } = await first.daemon;
    await expect(run().daemon).rejects.toMatchObject({ code: 'daemon-running', data: { pid: process.pid, url } });
    expect((await findDaemon(home))?.url).toBe(url);
    first.world.send('SIGTERM');
    await first.ended;
  });

  it('says that a port is taken, and takes none of the home with it', async () => {
    const first = run();
    const { url } = await first.daemon;
    const other = await mkdtemp(join(tmpdir(), 'jidoka-other-'));
    const mine = home;
    home = other;
    await expect(run(Number(new URL(url).port)).daemon).rejects.toMatchObject({ code: 'port-taken' });
    home = mine;
    await rm(other, { recursive: true, force: true });
    first.world.send('SIGTERM');
    await first.ended;
  });

  it('makes another token each time', async () => {
    const tokens: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      const { world, daemon, ended } = run();
      await daemon;
      tokens.push(await readFile(join(home, 'daemon/token'), 'utf8'));
      world.send('SIGTERM');
      await ended;
    }
    expect(new Set(tokens).size).toBe(2);
  });
});
