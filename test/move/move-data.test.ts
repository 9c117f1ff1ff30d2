import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleEvent, sampleRun } from '../../kit/ledger/index.ts';
import { parseDigest, type RunId } from '../../src/core/base/ids.ts';
import { verifyChain } from '../../src/core/evidence/chain.ts';
import { openEngine } from '../../src/plant/engine/index.ts';
import { blobTable, openBlobs, openFeed, openLedger } from '../../src/plant/ledger/index.ts';
import { moveDatabase } from '../../src/move-database.ts';
import { moveData, refuseMoved, type Database } from '../../src/plant/postgres/index.ts';
import { everything, fill, parkedStep } from './sample-factory.ts';
import { twoServers, type TwoServers } from './two-servers.ts';

const quiet = { log: (): void => {}, blobs: null };
const sha256 = (content: string | Uint8Array) => parseDigest(createHash('sha256').update(content).digest('hex'));

let servers: TwoServers;
beforeAll(async () => {
  servers = await twoServers();
});
afterAll(() => servers.close());

describe('a factory', () => {
  it('is moved with every row of every table, to another version of PostgreSQL and back, and goes on each time', async () => {
    const [home, server] = [await servers.fresh(0), await servers.fresh(1)];
    const runs = await fill(home);
    const before = await everything(home);
    const moved = await moveData(home, server, quiet);
    expect(await everything(server)).toEqual(before);
    expect(moved.find(({ table }) => table === 'event')).toEqual({ table: 'event', rows: 42 });
    expect(Object.fromEntries(moved.map(({ table, rows }) => [table, rows]))).toMatchObject({ work: 2, step: 1, blob: 1, credential: 1 });

    const late = sampleRun('late');
    await goesOn(server, [...runs, late], 'away');
    const away = await everything(server);
    await moveData(server, home, quiet);
    expect(await everything(home)).toEqual(away);
    await goesOn(home, [...runs, late], 'back');
    await moveData(home, server, quiet);
    await goesOn(server, runs, 'again');
  });

  async function goesOn(database: Database, runs: readonly RunId[], key: string): Promise<void> {
    await refuseMoved(database);
    const ledger = openLedger(database);
    const feed = openFeed(database);
    const { cursor } = await feed.after(null, { limit: 1000 });
    for (const run of runs) {
      await ledger.append(run, [sampleEvent(key)]);
      expect(verifyChain(run, await ledger.read(run), sha256)).toMatchObject({ kind: 'intact' });
    }
    const { events } = await feed.after(cursor, { limit: 1000 });
    expect(events.map(({ event }) => [event.run, event.key])).toEqual(runs.map((run) => [run, key]));
    const engine = await openEngine({ database, log: () => {} });
    await engine.transaction((tx) => engine.submit({ id: key, kind: 'run', line: 'deps', repository: '', parent: null, input: {} }, tx));
    expect((await engine.work('child'))?.steps).toMatchObject([{ id: 'gate/expiry', state: 'waiting', notBefore: parkedStep.notBefore }]);
    await engine.close();
  }

  it('gives whoever follows its feed every event once, in the same order, across the move', async () => {
    const [home, server] = [await servers.fresh(0), await servers.fresh(1)];
    const [run] = await fill(home);
    const all = await openFeed(home).after(null, { limit: 1000 });
    const half = await openFeed(home).after(null, { limit: 20 });
    await moveData(home, server, quiet);
    await openLedger(server).append(run ?? sampleRun('none'), [sampleEvent('first after the move')]);
    const rest = await openFeed(server).after(half.cursor, { limit: 1000 });
    expect([...half.events, ...rest.events].map(({ cursor }) => cursor).slice(0, -1)).toEqual(all.events.map(({ cursor }) => cursor));
    expect(rest.events.at(-1)?.event.key).toBe('first after the move');
  });

  it('brings the blobs of its folder along, save those that were changed', async () => {
    const [home, server] = [await servers.fresh(0), await servers.fresh(1)];
    await fill(home);
    const folder = join(servers.folder, 'blobs');
    const names = ['one', 'two'].map((text) => ({
      text,
      sha256: sha256(text),
      path: join(folder, sha256(text).slice(0, 2), sha256(text).slice(2, 4)),
    }));
    for (const { path, sha256: name, text } of names) {
      await mkdir(path, { recursive: true });
      await writeFile(join(path, name), text === 'two' ? 'changed' : text);
      await writeFile(join(path, `${name}.draft`), 'half');
    }
    const told: string[] = [];
    const moved = await moveData(home, server, { log: (line) => told.push(line), blobs: folder });
    expect(moved.find(({ table }) => table === 'blob')).toEqual({ table: 'blob', rows: 2 });
    const { rows } = await server.pool.query<{ text: string }>(
      `select convert_from(bytes, 'UTF8') as text from jidoka.blob where sha256 = $1`,
      [sha256('one')],
    );
    expect(rows).toEqual([{ text: 'one' }]);
    expect(told.join('\n')).toMatch(/was changed and is left behind/);
  });
});

describe('moving by configuration', () => {
  it('takes the home to a server and back, with the blobs of its folder', async () => {
    const { home } = servers;
    const server = await servers.fresh(1);
    const local = await servers.openHome();
    await fill(local);
    const { sha256: name } = await openBlobs(join(home, 'blobs')).put('a log', { label: 'log', mediaType: 'text/plain' });
    await local.close();
    const config = { home, databaseUrl: null, postgresBin: null, env: process.env, log: (): void => {} };

    const away = await moveDatabase(config, server.url);
    expect(away).toMatchObject({ from: expect.stringContaining('/data'), to: server.where });
    expect(away.tables.find(({ table }) => table === 'blob')?.rows).toBe(2);
    expect(await openBlobs(join(servers.folder, 'elsewhere'), undefined, blobTable(server)).text(name)).toBe('a log');

    const back = await moveDatabase({ ...config, databaseUrl: server.url }, null);
    expect([back.from, back.to]).toEqual([away.to, away.from]);
    expect(back.tables).toEqual(away.tables);
    await expect(moveDatabase(config, null)).rejects.toMatchObject({ code: 'move-refused' });
  });
});

describe('what was left behind', () => {
  it('refuses to be opened, written to and moved again, and names the new place', async () => {
    const [home, server] = [await servers.fresh(0), await servers.fresh(1)];
    const [run = sampleRun('none')] = await fill(home);
    const before = await everything(home);
    await moveData(home, server, quiet);
    await expect(refuseMoved(home)).rejects.toMatchObject({ code: 'database-unavailable', message: expect.stringContaining(server.where) });
    await expect(openLedger(home).append(run, [sampleEvent('late')])).rejects.toThrow(/was moved to/);
    await expect(home.pool.query(`update jidoka.step set state = 'due'`)).rejects.toThrow(/was moved to/);
    await expect(moveData(home, await servers.fresh(1), quiet)).rejects.toMatchObject({
      code: 'move-refused',
      message: /moved to .*before/,
    });
    expect(await everything(home)).toEqual(before);
    await refuseMoved(server);
  });

  it('is not overwritten where somebody wrote to it after all', async () => {
    const [home, server] = [await servers.fresh(0), await servers.fresh(1)];
    const [run = sampleRun('none')] = await fill(home);
    await moveData(home, server, quiet);
    await home.pool.query('alter table jidoka.event disable trigger moved_away; alter table jidoka.run disable trigger moved_away');
    await openLedger(home).append(run, [sampleEvent('stray')]);
    await expect(moveData(server, home, quiet)).rejects.toMatchObject({ code: 'move-refused', message: /did not take along/ });
    await refuseMoved(server);
    await openLedger(server).append(run, [sampleEvent('unharmed')]);
  });
});

describe('a move is refused', () => {
  let home: Database;
  beforeEach(async () => {
    home = await servers.fresh(0);
    await fill(home);
  });

  const refusal = (message: RegExp): object => ({
    code: 'move-refused',
    message: expect.stringMatching(message),
    mend: expect.stringMatching(/\w/),
  });

  it('while a live process serves, which it names; a process that only looks is in nobody’s way', async () => {
    const executor = await home.enlist(() => {});
    await home.pool.query(`update jidoka.executor set role = 'worker', name = 'bench-7', host = 'mill' where id = $1`, [executor.id]);
    await expect(moveData(home, await servers.fresh(1), quiet)).rejects.toMatchObject(
      refusal(/bench-7 \(process \d+ on mill\) still works/),
    );
    await refuseMoved(home);
    await home.pool.query(`update jidoka.executor set role = 'idle' where id = $1`, [executor.id]);
    await moveData(home, await servers.fresh(1), quiet);
    await executor.leave();
  });

  it('while a live process holds a step, but not for what a dead one held', async () => {
    const executor = await home.enlist(() => {});
    const hold = `update jidoka.step set state = 'held', executor = $1, token = gen_random_uuid(), held_at = now()`;
    await home.pool.query(hold, [executor.id]);
    await expect(moveData(home, await servers.fresh(1), quiet)).rejects.toMatchObject(refusal(/still works/));
    await home.pool.query(hold, ['00000000-0000-0000-0000-000000000000']);
    const target = await servers.fresh(1);
    await moveData(home, target, quiet);
    const { rows } = await target.pool.query<{ locked: boolean; holds: number }>('select locked, holds from jidoka.executor_state');
    expect(rows).toEqual([{ locked: false, holds: 1 }]);
    await executor.leave();
  });

  it('to where a factory is, to where it is itself, and to a database that cannot store all text', async () => {
    const taken = await servers.fresh(1);
    await taken.pool.query(`insert into jidoka.pause values ('factory', 'w', 'ada', now())`);
    await expect(moveData(home, taken, quiet)).rejects.toMatchObject(refusal(/has a factory of its own: pause \(1\)/));
    await expect(moveData(home, home, quiet)).rejects.toMatchObject(refusal(/is where the factory is/));
    const narrow = await servers.fresh(1, `encoding 'LATIN1' locale 'C' template template0`);
    await expect(moveData(home, narrow, quiet)).rejects.toMatchObject(refusal(/stores text as LATIN1/));
    await refuseMoved(home);
  });

  it('where the tables are others, and while another move is under way', async () => {
    const other = await servers.fresh(1);
    await other.pool.query('alter table jidoka.work add column more text');
    await expect(moveData(home, other, quiet)).rejects.toMatchObject(refusal(/other tables/));
    const target = await servers.fresh(1);
    let second: Promise<unknown> = Promise.reject(new Error('never begun'));
    second.catch(() => {});
    await moveData(home, target, { ...quiet, log: () => (second = moveData(home, target, quiet).catch((error: unknown) => error)) });
    expect(await second).toMatchObject({ code: 'move-refused' });
  });

  it('where one row cannot be stored: then nothing of it is there, and the factory is where it was', async () => {
    const target = await servers.fresh(1);
    await target.pool.query(`alter table jidoka.review add constraint no_look check (what <> 'look')`);
    const before = await everything(home);
    await expect(moveData(home, target, quiet)).rejects.toThrow(/no_look/);
    expect(Object.values(await everything(target)).flat()).toEqual([]);
    await refuseMoved(home);
    expect(await everything(home)).toEqual(before);
    await target.pool.query('alter table jidoka.review drop constraint no_look');
    await moveData(home, target, quiet);
    expect(await everything(target)).toEqual(before);
  });
});
