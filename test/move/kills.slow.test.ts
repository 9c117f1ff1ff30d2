import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mortal } from '../../kit/effects/index.ts';
import { sampleEvent } from '../../kit/ledger/index.ts';
import { openLedger } from '../../src/plant/ledger/index.ts';
import { moveData, refuseMoved, type Database } from '../../src/plant/postgres/index.ts';
import { everything, fill } from './sample-factory.ts';
import { twoServers, type TwoServers } from './two-servers.ts';

const quiet = { log: (): void => {}, blobs: null };
let servers: TwoServers;
beforeAll(async () => {
  servers = await twoServers();
});
afterAll(() => servers.close());

describe('a move that is killed', () => {
  it('at any statement leaves the factory in one place, whole, and the next move brings it there', { timeout: 300_000 }, async () => {
    let [here, there] = [await servers.fresh(0), await servers.fresh(1)];
    const [run] = await fill(here);
    if (run === undefined) throw new Error('a factory without runs');
    for (let at = 1, hasDied = true; hasDied; at += 1) {
      const before = await everything(here);
      const life = new Mortal(at);
      hasDied = await moveData(mortal(here, life), mortal(there, life), quiet).then(
        () => false,
        () => true,
      );
      if (hasDied) await moveAgain(here, there);
      expect(await everything(there), `killed at ${at}`).toEqual(before);
      await refuseMoved(there);
      await expect(refuseMoved(here), `killed at ${at}`).rejects.toThrow(/was moved/);
      await openLedger(there).append(run, [sampleEvent(`after ${at}`)]);
      [here, there] = [there, here];
    }
    expect((await openLedger(here).read(run)).length).toBeGreaterThan(100);
  });

  /** The second try finds the move done, to be finished, or to be begun anew; it is never refused for what the first left. */
  async function moveAgain(here: Database, there: Database): Promise<void> {
    const again = moveData(here, there, quiet);
    await again.catch((error: unknown) => {
      if (!(error instanceof Error && error.message.includes('was moved to'))) throw error;
    });
  }
});

describe('a move of a factory to which somebody writes', () => {
  it('waits for a while, and then leaves it where it is', { timeout: 40_000 }, async () => {
    const [here, there] = [await servers.fresh(0), await servers.fresh(1)];
    await fill(here);
    const writer = new pg.Client({ connectionString: here.url });
    await writer.connect();
    await writer.query(`begin; update jidoka.work set failure = 'busy'`);
    await expect(moveData(here, there, quiet)).rejects.toMatchObject({ code: 'move-refused', message: expect.stringMatching(/writes/) });
    await writer.end();
    await refuseMoved(here);
  });
});

/** A database as a process sees it that dies at a boundary: every statement is one, and so is its answer. */
function mortal(database: Database, life: Mortal): Database {
  const attempt: Database['attempt'] = (work) =>
    database.attempt((pool) => {
      const connect = async (): Promise<pg.PoolClient> => mortalClient(await pool.connect(), life);
      return work(new Proxy(pool, { get: (target, key) => (key === 'connect' ? connect : bound(target, key)) }));
    });
  return new Proxy(database, { get: (target, key) => (key === 'attempt' ? attempt : bound(target, key)) });
}

function mortalClient(client: pg.PoolClient, life: Mortal): pg.PoolClient {
  const query = (...statement: readonly unknown[]): unknown => {
    const ask = (): unknown => Reflect.apply(client.query, client, statement);
    // The streams of COPY are handed back as they are; they are followed by statements enough.
    return typeof statement[0] === 'string' ? life.across(async () => ask()) : ask();
  };
  return new Proxy(client, { get: (target, key) => (key === 'query' ? query : bound(target, key)) });
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key, target);
  return typeof value === 'function' ? value.bind(target) : value;
}
