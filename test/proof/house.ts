import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RecordingWorld } from '../../kit/factory/index.ts';
import { runCommand, startCommand, type Ended, type Running } from '../../kit/scenario/index.ts';
import { floorMark } from '../../src/core/base/floor-mark.ts';
import { verifyEvidence } from '../../src/core/evidence/verify.ts';
import type { Factory } from '../../src/core/ports/factory.ts';
import { cli } from '../../src/doors/cli/index.ts';
import { unconfined } from '../../src/core/ports/floor.ts';
import { createFactory } from '../../src/factory.ts';
import { floorRoot } from '../../src/plant/floor/index.ts';
import { openDatabase, removeDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { FeedReader } from './feed-reader.ts';
import { makeTarget, type Target } from './target.ts';

/** The line that every trial is run on. */
export const lineFile = fileURLToPath(new URL('line.yaml', import.meta.url));

/** One factory that trials are made in, one after the other: a home, its server, its workers, and a target. */
export class House {
  readonly folder: string;
  readonly target: Target;
  readonly database: Database;
  readonly reader: FeedReader;
  readonly workers: Running[];
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #data: string;
  readonly #factory: Factory;

  static async open(): Promise<House> {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-proof-'));
    await chmod(folder, 0o755); // commands may run as another user
    const [home, user] = [join(folder, 'home'), join(folder, 'user')];
    await mkdir(user);
    const binDir = process.env['JIDOKA_PG_BIN'];
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: user,
      TMPDIR: tmpdir(),
      JIDOKA_HOME: home,
      NO_COLOR: '1',
      JIDOKA_FLOOR: 'host',
      ...(binDir === undefined ? {} : { JIDOKA_PG_BIN: binDir }),
    };
    const target = await makeTarget(folder);
    const worker = await startWorker(env, folder);
    const options = { home, env, binDir: binDir ?? null, log: ignore };
    // Who knows the server only by its URL cannot start it: that is left to the workers, which is what is proved.
    const started = await openDatabase({ ...options, url: null });
    const { url, where } = started;
    const database = await openDatabase({ ...options, url });
    await started.close();
    const factory = await createFactory({
      home,
      floor: unconfined,
      databaseUrl: url,
      postgresBin: binDir ?? null,
      env,
      version: '0.0.0-proof',
      log: ignore,
    });
    const reader = new FeedReader({ ...options, url });
    return new House({ folder, home, env, target, database, data: where, factory, reader, workers: [worker] });
  }

  private constructor(parts: Parts) {
    this.folder = parts.folder;
    this.target = parts.target;
    this.database = parts.database;
    this.reader = parts.reader;
    this.workers = parts.workers;
    this.#home = parts.home;
    this.#env = parts.env;
    this.#data = parts.data;
    this.#factory = parts.factory;
  }

  /** Gives a command line to the factory within this process. Throws what it says where it does not end well. */
  async ask<T>(args: readonly string[]): Promise<T> {
    const factory = { ...this.#factory, close: async () => undefined };
    const world = new RecordingWorld({ cwd: this.folder, env: this.#env, factory, verify: verifyEvidence });
    const code = await cli([...args, '--json'], world);
    if (code !== 0) throw new Error(`jidoka ${args.join(' ')} ended with ${code}: ${world.stdout.text}${world.stderr.text}`);
    const answer: T = JSON.parse(world.stdout.text);
    return answer;
  }

  /** Gives a command line to a process of its own. */
  command(args: readonly string[]): Promise<Ended> {
    return runCommand(args, { cwd: this.folder, env: this.#env });
  }

  /** Sees to it that so many workers live, no more and no fewer. */
  async staff(count: number): Promise<void> {
    for (const surplus of this.workers.splice(count)) await stopWorker(surplus);
    const missing = Array.from({ length: count - this.workers.length }, () => startWorker(this.#env, this.folder));
    this.workers.push(...(await Promise.all(missing)));
  }

  /** Kills a worker and nothing that it started. */
  async killWorker(worker: Running): Promise<void> {
    const at = this.workers.indexOf(worker);
    if (at !== -1) this.workers.splice(at, 1);
    worker.kill('SIGKILL');
    await worker.ended;
  }

  /** Kills the server's first process and nothing that it started; false where there is none just now. */
  async killPostmaster(): Promise<boolean> {
    const text = await readFile(join(this.#data, 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number.parseInt(text, 10);
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'postgres') return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  /** Processes that live in workspaces of this house, by what their environment says. */
  async jobs(): Promise<readonly string[]> {
    const root = floorRoot(this.#home, process.getuid?.());
    const found = (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const environment = (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
        const isJob = environment.some((each) => each.startsWith(`${floorMark}=`)) && environment.some((each) => each.includes(root));
        return isJob ? [`${pid} ${(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')}`] : [];
      });
    return (await Promise.all(found)).flat();
  }

  /** Workers that ended though nobody killed them. */
  async deadWorkers(): Promise<readonly string[]> {
    const dead = await Promise.all(this.workers.map(({ ended }) => Promise.race([ended, pause(0, null)])));
    return dead.flatMap((ended) =>
      ended === null ? [] : [`a worker ended by itself (${ended.code ?? ended.signal}): ${ended.stderr.slice(-2_000)}`],
    );
  }

  /** What the feed told otherwise than it stands in the database, from the first event on. */
  async feedFaults(): Promise<readonly string[]> {
    const { rows } = await this.database.attempt((pool) =>
      pool.query<{ hash: string }>('select hash from jidoka.event order by epoch, xid, seq'),
    );
    await this.reader.until(({ hash }) => hash === rows.at(-1)?.hash, { from: 0, withinMs: 10_000 });
    const at = rows.findIndex(({ hash }, index) => hash !== this.reader.read[index]?.hash);
    const more = this.reader.read.length - rows.length;
    if (at === -1 && more === 0) return [];
    return [`of ${rows.length} events the feed told ${this.reader.read.length}, and number ${at + 1} is another than it told`];
  }

  /** Workspaces and locks that a worker leaves when it sweeps the floor, as each does when it starts. */
  async floorFaults(): Promise<readonly string[]> {
    const root = floorRoot(this.#home, process.getuid?.());
    const end = Date.now() + sweepMs;
    for (;;) {
      const spaces = (await readdir(root)).filter((name) => !name.startsWith('.'));
      const left = [...spaces, ...(await readdir(join(root, '.locks')))];
      if (left.length === 0) return [];
      if (Date.now() > end) return left.map((name) => `${name} is left on the floor`);
      await pause(200);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.splice(0).map(stopWorker));
    await this.reader.close();
    await this.#factory.close();
    await this.database.close();
    await removeDatabase(this.#home);
    const floor = floorRoot(this.#home, process.getuid?.());
    await rm(process.getuid?.() === 0 ? dirname(floor) : floor, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Parts {
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly target: Target;
  readonly database: Database;
  /** Folder of the server's data. */
  readonly data: string;
  readonly factory: Factory;
  readonly reader: FeedReader;
  readonly workers: Running[];
}

/** Stages that a worker does at once: those of the run that stand side by side. */
const atOnce = 3;
const stopPatienceMs = 15_000;
/** A worker sweeps when it starts, and then each minute. */
const sweepMs = 90_000;

async function startWorker(env: Readonly<Record<string, string>>, cwd: string): Promise<Running> {
  const worker = startCommand(['worker', '--at-once', String(atOnce)], { cwd, env });
  await worker.says((line) => line.includes('Serves '));
  return worker;
}

async function stopWorker(worker: Running): Promise<void> {
  worker.kill('SIGCONT');
  worker.kill('SIGTERM');
  await Promise.race([worker.ended, pause(stopPatienceMs, null, { ref: false }).then(() => worker.kill('SIGKILL'))]);
  await worker.ended;
}

function ignore(): void {}
