import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, removeDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { processLife } from '../../src/plant/postgres/process-life.ts';
import { compile, type Compiled } from './compile.ts';
import { Worker } from './worker.ts';

const lastStep = '9';
const allSteps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Steps that a worker does at once. */
const atOnce = 4;
/** A dead worker's steps are with another before this has passed. */
const takeoverMs = 5_000;

let compiled: Compiled;
let home: string;
let file: string;
let workers: Worker[];

beforeAll(async () => {
  compiled = await compile(['test/crash/worker-process.ts']);
  home = await mkdtemp(join(tmpdir(), 'jidoka-crash-'));
});
beforeEach(() => {
  workers = [];
  file = join(home, `${randomUUID()}.txt`);
});
afterEach(() => Promise.all(workers.map((one) => one.kill())));
afterAll(async () => {
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
  await compiled.remove();
});

describe('a worker killed with SIGKILL', () => {
  const cuts = [0, 4, 9].flatMap((at) => (['before', 'after', 'inside', 'between'] as const).map((where) => ({ at, where })));

  it.each(cuts)('$where the effect of step $at: only the step in hand is done again', async ({ at, where }) => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`put ${id} ${at} ${where}`);
    await first.hears(new RegExp(`^held ${id}`));
    await first.kill();
    const second = await worker();
    expect(await second.ask(`result ${id}`)).toBe(lastStep);
    // A step that was cut between its effect and its commit is the one that is done twice.
    const isRepeated = where === 'after' || where === 'inside';
    expect(await stepsDone(id)).toEqual([...allSteps, ...(isRepeated ? [at] : [])].sort());
    expect(await finished(id)).toEqual(allSteps);
    expect(await second.end()).toBe(0);
  });

  it('has its steps taken over within five seconds by one who was there, each once', async () => {
    const [ids, first] = [Array.from({ length: atOnce }, () => randomUUID()), await worker()];
    for (const id of ids) first.tell(`put ${id} 3 after`);
    for (const id of ids) await first.hears(new RegExp(`^held ${id}`));
    const second = await worker();
    const atMs = Date.now();
    await first.kill();
    for (const id of ids) {
      const took = await second.hears(new RegExp(`^took ${id} 3 1 `));
      expect(Number(took.split(' ').at(-1)) - atMs).toBeLessThan(takeoverMs);
    }
    for (const id of ids) {
      expect(await second.ask(`result ${id}`)).toBe(lastStep);
      expect(await finished(id)).toEqual(allSteps);
      expect(await stepsDone(id)).toEqual([...allSteps, 3].sort());
    }
  });

  it('one after the other, leaves the third to end all of it, nothing finished twice', async () => {
    const [first, second, third] = [await worker(), await worker(), await worker()];
    const ids = Array.from({ length: 24 }, () => randomUUID());
    for (const id of ids) await third.ask(`put ${id} -1 none 15`);
    await hearsAny([first, second, third], new RegExp(`^took ${ids[6]} 2 `));
    await first.kill();
    await hearsAny([second, third], new RegExp(`^took ${ids[18]} 2 `));
    await second.kill();
    for (const id of ids) expect(await third.ask(`result ${id}`)).toBe(lastStep);
    for (const id of ids) expect(await finished(id)).toEqual(allSteps);
    const lines = (await Promise.all(ids.map((id) => stepsDone(id)))).flat().length;
    expect(lines - ids.length * allSteps.length).toBeLessThanOrEqual(2 * atOnce);
  });
});

describe('live workers', () => {
  it('do not take over from each other because connections broke', async () => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`put ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    const second = await worker();
    await second.ask('cut all');
    first.tell(`release ${id}`);
    expect(await second.ask(`result ${id}`)).toBe(lastStep);
    expect(await stepsDone(id)).toEqual(allSteps);
    expect(await finished(id)).toEqual(allSteps);
  });

  it('lose no step and do none twice while connections break again and again', async () => {
    const [first, second] = [await worker(), await worker()];
    const ids = Array.from({ length: 12 }, () => randomUUID());
    for (const id of ids) await first.ask(`put ${id} -1 none 20`);
    for (let turn = 0; turn < 4; turn += 1) {
      await second.ask('cut all');
      await hearsAny([first, second], new RegExp(`^took ${ids[turn * 3]} ${turn * 2} `));
    }
    for (const id of ids) expect(await second.ask(`result ${id}`)).toBe(lastStep);
    for (const id of ids) expect(await finished(id)).toEqual(allSteps);
  });
});

describe('a postmaster killed with SIGKILL', () => {
  it('comes back under the run, which goes on without repeating anything', async () => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`put ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    process.kill(await postmaster(), 'SIGKILL');
    first.tell(`release ${id}`);
    expect(await first.ask(`result ${id}`)).toBe(lastStep);
    expect(await stepsDone(id)).toEqual(allSteps);
    expect(await finished(id)).toEqual(allSteps);
  });

  it('in the midst of many steps loses none and finishes none twice', async () => {
    const [first, second] = [await worker(), await worker()];
    const ids = Array.from({ length: 12 }, () => randomUUID());
    for (const id of ids) await first.ask(`put ${id} -1 none 10`);
    for (const at of [1, 4, 7]) {
      await hearsAny([first, second], new RegExp(`^took ${ids[11 - at]} ${at} `));
      process.kill(await postmaster(), 'SIGKILL');
    }
    for (const id of ids) expect(await second.ask(`result ${id}`)).toBe(lastStep);
    for (const id of ids) expect(await finished(id)).toEqual(allSteps);
  });

  it('together with every worker leaves all that was done', async () => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`put ${id} 5 between`);
    await first.hears(new RegExp(`^held ${id}`));
    const pid = await postmaster();
    await first.kill();
    process.kill(pid, 'SIGKILL');
    const second = await worker();
    expect(await second.ask(`result ${id}`)).toBe(lastStep);
    expect(await stepsDone(id)).toEqual(allSteps);
    expect(await finished(id)).toEqual(allSteps);
  });
});

describe('a worker stopped with SIGSTOP', () => {
  it.each(['before', 'after', 'inside'] as const)(
    'loses its step to another, and drops it when it goes on (%s its effect)',
    async (where) => {
      const [id, first] = [randomUUID(), await worker()];
      first.tell(`put ${id} 5 ${where}`);
      await first.hears(new RegExp(`^held ${id}`));
      first.signal('SIGSTOP');
      const second = await worker();
      expect(await second.ask(`result ${id}`)).toBe(lastStep);
      first.signal('SIGCONT');
      // Whoever is inside the transaction that takes the step away hears of it from the transaction.
      if (where !== 'inside') await first.hears(new RegExp(`^aborted ${id} 5 lost`));
      first.tell(`release ${id}`);
      expect(await first.ask(`result ${id}`)).toBe(lastStep);
      expect(await finished(id)).toEqual(allSteps);
      expect(await finishedBy(id, first.pid)).toEqual([0, 1, 2, 3, 4]);
      // It is fit for more, and nobody else is there to take it.
      expect(await second.end()).toBe(0);
      const next = randomUUID();
      first.tell(`put ${next} 0 before`);
      await first.hears(new RegExp(`^held ${next}`));
      first.tell(`release ${next}`);
      expect(await first.ask(`result ${next}`)).toBe(lastStep);
    },
  );

  it('for a moment only keeps its step', async () => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`put ${id} 0 before`);
    await first.hears(new RegExp(`^held ${id}`));
    const second = await worker();
    first.signal('SIGSTOP');
    // Two works of another take longer than the reaper's look, and shorter than its patience.
    const other = randomUUID();
    second.tell(`put ${other} -1 none 200`);
    expect(await second.ask(`result ${other}`)).toBe(lastStep);
    first.signal('SIGCONT');
    first.tell(`release ${id}`);
    expect(await first.ask(`result ${id}`)).toBe(lastStep);
    expect(await stepsDone(id)).toEqual(allSteps);
    expect((await finishedBy(id, first.pid)).includes(0)).toBe(true);
  });
});

describe('the server of a killed process', () => {
  it('outlives it, and stops with the next process that ends in order', async () => {
    const first = await worker();
    const pid = await postmaster();
    await first.kill();
    expect(await processLife(pid)).not.toBeNull();
    expect(await (await worker()).end()).toBe(0);
    expect(await processLife(pid)).toBeNull();
  });
});

async function worker(): Promise<Worker> {
  const started = await Worker.start(compiled.path('test/crash/worker-process.ts'), home, file);
  workers.push(started);
  return started;
}

/** Waits for what one of several says. */
async function hearsAny(among: readonly Worker[], pattern: RegExp): Promise<void> {
  await Promise.race(among.map((one) => one.hears(pattern)));
}

/** Steps of a work whose line is in the file, in order. */
async function stepsDone(id: string): Promise<readonly number[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.startsWith(`${id} `));
  return lines.map((line) => Number(line.split(' ')[1])).sort();
}

/** Steps of a work that were taken away by a transaction, in order; by one process, or by all. */
async function finishedBy(id: string, pid: number | null): Promise<readonly number[]> {
  return withDatabase(async ({ pool }) => {
    const { rows } = await pool.query<{ step: number }>('select step from finished where work = $1 and ($2::integer is null or pid = $2)', [
      id,
      pid,
    ]);
    return rows.map(({ step }) => step).sort();
  });
}

function finished(id: string): Promise<readonly number[]> {
  return finishedBy(id, null);
}

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function postmaster(): Promise<number> {
  return withDatabase(async ({ pool }) => {
    const { rows } = await pool.query<{ pid: string }>(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`);
    return Number(rows[0]?.pid);
  });
}
