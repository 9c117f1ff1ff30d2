import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, removeDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { processLife } from '../../src/plant/postgres/process-life.ts';
import { compile, type Compiled } from './compile.ts';
import { Worker } from './worker.ts';

const sum = '45';
const allSteps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

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

describe('a process killed with SIGKILL', () => {
  const cuts = [0, 4, 9].flatMap((at) => (['before', 'after', 'between'] as const).map((where) => ({ at, where })));

  it.each(cuts)('$where the effect of step $at: nothing that was done is done again', async ({ at, where }) => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`start ${id} ${at} ${where}`);
    await first.hears(new RegExp(`^held ${id}`));
    await first.kill();
    const second = await worker();
    expect(await second.ask(`state ${id}`)).toBe('orphaned');
    expect(await second.ask(`result ${id}`)).toBe(sum);
    // A step that was cut between its effect and its checkpoint is the one that is done twice.
    expect(await stepsDone(id)).toEqual([...allSteps, ...(where === 'after' ? [at] : [])].sort());
    expect(await second.end()).toBe(0);
  });

  it('leaves its other workflows alone when one is taken over', async () => {
    const ids = Array.from({ length: 5 }, () => randomUUID());
    const first = await worker();
    for (const id of ids) first.tell(`start ${id} 3 before`);
    for (const id of ids) await first.hears(new RegExp(`^held ${id}`));
    await first.kill();
    const second = await worker();
    const [taken = '', ...left] = ids;
    expect(await second.ask(`resume ${taken}`)).toBe('resumed');
    expect(await second.ask(`result ${taken}`)).toBe(sum);
    for (const id of left) {
      expect(await second.ask(`state ${id}`)).toBe('orphaned');
      expect(await stepsDone(id)).toEqual([0, 1, 2]);
    }
  });

  it('is followed by the one that waits for its work', async () => {
    const [id, first, second] = [randomUUID(), await worker(), await worker()];
    first.tell(`start ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    expect(await second.ask(`start ${id}`)).toBe('exists');
    const result = second.ask(`result ${id}`);
    await first.kill();
    expect(await result).toBe(sum);
    expect(await stepsDone(id)).toEqual(allSteps);
  });

  it('is followed by one only, however many wait', async () => {
    const [id, first] = [randomUUID(), await worker()];
    const waiting = await Promise.all([worker(), worker(), worker()]);
    first.tell(`start ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    const results = waiting.map((one) => one.ask(`result ${id}`));
    await first.kill();
    expect(await Promise.all(results)).toEqual([sum, sum, sum]);
    expect(await stepsDone(id)).toEqual(allSteps);
  });
});

describe('two live processes', () => {
  it('share one run: the second waits for the first', async () => {
    const [id, first, second] = [randomUUID(), await worker(), await worker()];
    first.tell(`start ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    const results = [first.ask(`result ${id}`), second.ask(`result ${id}`)];
    expect(await second.ask(`state ${id}`)).toBe('running');
    first.tell(`release ${id}`);
    expect(await Promise.all(results)).toEqual([sum, sum]);
    expect(await authors(id)).toEqual([first.pid]);
  });

  it('do not take over from each other because connections broke', async () => {
    const [id, first, second] = [randomUUID(), await worker(), await worker()];
    first.tell(`start ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    await second.ask('cut all');
    expect(await second.ask(`state ${id}`)).toBe('running');
    first.tell(`release ${id}`);
    expect(await second.ask(`result ${id}`)).toBe(sum);
    expect(await stepsDone(id)).toEqual(allSteps);
    expect(await authors(id)).toEqual([first.pid]);
  });
});

describe('a postmaster killed with SIGKILL', () => {
  it('comes back under the run, which goes on without repeating anything', async () => {
    const [id, first, second] = [randomUUID(), await worker(), await worker()];
    first.tell(`start ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    const result = second.ask(`result ${id}`);
    process.kill(await postmaster(), 'SIGKILL');
    first.tell(`release ${id}`);
    expect(await result).toBe(sum);
    expect(await stepsDone(id)).toEqual(allSteps);
    expect(await authors(id)).toEqual([first.pid]);
  });

  it('together with every worker leaves all that was done', async () => {
    const [id, first] = [randomUUID(), await worker()];
    first.tell(`start ${id} 5 between`);
    await first.hears(new RegExp(`^held ${id}`));
    const pid = await postmaster();
    await first.kill();
    process.kill(pid, 'SIGKILL');
    const second = await worker();
    expect(await second.ask(`result ${id}`)).toBe(sum);
    expect(await stepsDone(id)).toEqual(allSteps);
  });
});

describe('a process stopped with SIGSTOP', () => {
  it('keeps its work while it lives on this machine', async () => {
    const [id, first, second] = [randomUUID(), await worker(), await worker()];
    first.tell(`start ${id} 5 before`);
    await first.hears(new RegExp(`^held ${id}`));
    first.signal('SIGSTOP');
    expect(await second.ask(`state ${id}`)).toBe('running');
    const result = second.ask(`result ${id}`);
    first.signal('SIGCONT');
    first.tell(`release ${id}`);
    expect(await result).toBe(sum);
    expect(await authors(id)).toEqual([first.pid]);
  });

  it.each(['after', 'between'] as const)('drops its work once another has it (stopped %s a step)', async (where) => {
    const [id, first, second] = [randomUUID(), await worker(), await worker()];
    first.tell(`start ${id} 5 ${where}`);
    await first.hears(new RegExp(`^held ${id}`));
    first.signal('SIGSTOP');
    // What the takeover of a process on another machine finds: an owner whose lock is free.
    await withDatabase(({ pool }) => pool.query(`update dbos.workflow_status set executor_id = 'released' where workflow_uuid = $1`, [id]));
    expect(await second.ask(`result ${id}`)).toBe(sum);
    first.signal('SIGCONT');
    first.tell(`release ${id}`);
    expect(await first.ask(`result ${id}`)).toBe(sum);
    expect(await stepsDone(id)).toEqual([...allSteps, ...(where === 'after' ? [5] : [])].sort());
    expect((await lines(id)).filter(([, author]) => author === first.pid).map(([step]) => step)).toEqual([0, 1, 2, 3, 4, 5]);
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

/** Lines of a workflow in the order written: step and pid. */
async function lines(id: string): Promise<readonly (readonly [number, number])[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${id} `))
    .map((line) => line.split(' '))
    .map(([, step, pid]) => [Number(step), Number(pid)]);
}

async function stepsDone(id: string): Promise<readonly number[]> {
  return (await lines(id)).map(([step]) => step).sort();
}

async function authors(id: string): Promise<readonly number[]> {
  return [...new Set((await lines(id)).map(([, pid]) => pid))];
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
