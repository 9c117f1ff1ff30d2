import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ClientTransactions,
  ledgerContract,
  sampleEvent,
  sampleGate,
  sampleOf,
  sampleRun,
  sampleTime,
  sampleVerdict,
} from '../../../kit/ledger/index.ts';
import { giveCluster } from '../../../test/cluster/give-cluster.ts';
import type { RunId } from '../../core/base/ids.ts';
import type { EventBody, NewEvent } from '../../core/evidence/event.ts';
import { fold } from '../../core/line/state.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { openLedger } from './ledger.ts';

const ignore = (): void => {};
let home: string;
let database: Database;
let pool: ReturnType<Database['openPool']>;
let transactions: ClientTransactions;
const open = (): Promise<Database> => openDatabase({ home, log: ignore, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-ledger-'));
  await giveCluster(home);
  database = await open();
  pool = database.openPool('jidoka-test', 6);
  transactions = new ClientTransactions(pool);
});
afterEach(() => transactions.close());
afterAll(async () => {
  await pool.end();
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

ledgerContract('the ledger in PostgreSQL', async (redact) => ({
  ledger: openLedger(database, redact),
  transaction: transactions.transaction,
  close: async () => {},
}));

describe('the event table', () => {
  it('refuses to change or lose what was appended', async () => {
    const run = sampleRun('fixed');
    await openLedger(database).append(run, [sampleEvent('a')]);
    for (const change of ["update jidoka.event set actor = 'other'", 'delete from jidoka.event', 'truncate jidoka.event']) {
      await expect(database.pool.query(change)).rejects.toThrow('append-only');
    }
    expect(await openLedger(database).read(run)).toHaveLength(1);
  });
});

describe('two writers that each believe to be alone', () => {
  it('keep one chain, whichever of them is behind', async () => {
    const run = sampleRun('pair');
    const [left, right] = [openLedger(database), openLedger(database)];
    for (let turn = 0; turn < 10; turn += 1) {
      await left.append(run, [sampleEvent(`left.${turn}`)]);
      await right.append(run, [sampleEvent(`right.${turn}`), sampleEvent(`left.${turn}`)]);
    }
    expect((await left.read(run)).map(({ runSeq }) => runSeq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('two transactions that begin the same run', () => {
  it('have one wait for the other, and begin it after all where that was undone', async () => {
    for (const how of ['commit', 'rollback'] as const) {
      const run = sampleRun('begun');
      const ledger = openLedger(database);
      const [first, second] = [await transactions.begin(), await transactions.begin()];
      await ledger.append(run, [sampleEvent('start'), sampleEvent('first')], first.tx);
      const waiting = ledger.append(run, [sampleEvent('start'), sampleEvent('second')], second.tx);
      await first[how]();
      expect((await waiting).map(({ runSeq }) => runSeq)).toEqual(how === 'commit' ? [1, 3] : [1, 2]);
      await second.commit();
      const keys = (await ledger.read(run)).map(({ key }) => key);
      expect(keys).toEqual(how === 'commit' ? ['start', 'first', 'second'] : ['start', 'second']);
    }
  });

  it('take the run even where there is nothing new to append', async () => {
    const run = sampleRun('taken');
    const ledger = openLedger(database);
    await ledger.append(run, [sampleEvent('a')]);
    const holder = await transactions.begin();
    await ledger.append(run, [sampleEvent('a')], holder.tx);
    const isFree = `select from jidoka.run where run = '${run}' for update skip locked`;
    expect((await database.pool.query(isFree)).rowCount).toBe(0);
    await holder.commit();
    expect((await database.pool.query(isFree)).rowCount).toBe(1);
  });
});

describe('the gates that are open', () => {
  it('are those that the runs themselves still wait for, whatever happened', async () => {
    const ledger = openLedger(database);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 25 }), async (choices) => {
        const run = sampleRun('any');
        const events = story(run, choices);
        const { waiting, cancelled, verdict } = fold(events.map(({ body }) => body));
        const awaited = [...waiting.values()].flatMap((wait) => (wait.kind === 'gate' && wait.answer === null ? [wait.gate] : []));
        await ledger.append(run, events);
        const listed = (await ledger.openGates({ run })).flatMap(({ body }) => (body.type === 'gate.opened' ? [body.gate] : []));
        expect(listed.toSorted()).toEqual(cancelled || verdict !== null ? [] : awaited.toSorted());
      }),
      { numRuns: 300 },
    );
  });
});

/** What may happen to the gates of a run with three stages, some of it too late; each number chooses one event. */
function story(run: RunId, choices: readonly number[]): readonly NewEvent[] {
  const attempts = new Map(['spec', 'plan', 'review'].map((stage) => [stage, 1]));
  const stages = [...attempts.keys()];
  const events = new Map<string, NewEvent>();
  for (const [index, choice] of choices.entries()) {
    const stage = stages[choice % 3] ?? 'spec';
    const now = attempts.get(stage) ?? 1;
    const attempt = choice % 5 === 0 ? Math.max(1, now - 1) : now;
    const kind = kinds[Math.floor(choice / 3) % kinds.length] ?? 'open';
    const body = bodyOf(kind, run, { stage, attempt: kind === 'rework' ? now : attempt });
    if (kind === 'rework') attempts.set(stage, now + 1);
    const key = kind === 'open' ? `open/${stage}/${attempt}` : `${kind}/${index}`;
    if (!events.has(key)) events.set(key, sampleOf(key, body));
  }
  return [...events.values()];
}

const kinds = [
  'open',
  'open',
  'open',
  'rework',
  'open',
  'answer',
  'expire',
  'open',
  'forgo',
  'complete',
  'open',
  'rework',
  'open',
  'end',
] as const;

function bodyOf(kind: (typeof kinds)[number], run: RunId, of: { readonly stage: string; readonly attempt: number }): EventBody {
  const gate = `${run}/${of.stage}/${of.attempt}`;
  switch (kind) {
    case 'open':
      return sampleGate(run, of.stage, of.attempt).body;
    case 'answer':
      return {
        type: 'gate.answered',
        ...of,
        gate,
        choice: 'reject',
        note: '',
        digest: '',
        by: 'ada',
        role: 'maintainer',
        at: sampleTime(1),
      };
    case 'expire':
      return { type: 'gate.expired', ...of, gate, at: sampleTime(1) };
    case 'forgo':
      return { type: 'stage.forgone', ...of, why: 'not needed' };
    case 'complete':
      return { type: 'stage.completed', ...of, outcome: 'failed', summary: '', durationMs: 1, output: {} };
    case 'rework':
      return { type: 'rework.ordered', from: 'review', to: of.stage, objection: '', voids: [of] };
    case 'end':
      return of.stage === 'spec' ? sampleVerdict().body : { type: 'run.cancelled', by: 'ada', why: '' };
  }
}

describe('a server that dies between two appends', () => {
  it('is started again, and nothing is lost or stored twice', async () => {
    const run = sampleRun('outage');
    const ledger = openLedger(database);
    await ledger.append(run, [sampleEvent('before')]);
    const { rows } = await database.pool.query<{ pid: string }>(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`);
    process.kill(Number(rows[0]?.pid), 'SIGKILL');
    await ledger.append(run, [sampleEvent('before'), sampleEvent('after')]);
    expect((await ledger.read(run)).map(({ key }) => key)).toEqual(['before', 'after']);
  });
});
