import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineContract, type EngineUnderTest } from '../../../kit/engine/index.ts';
import { giveCluster } from '../../../test/cluster/give-cluster.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { openControl, openEngine } from './index.ts';

engineContract('the engine on PostgreSQL', async () => {
  const home = await mkdtemp(join(tmpdir(), 'jidoka-engine-'));
  await giveCluster(home);
  const databases: Database[] = [];
  const database = async (): Promise<Database> => {
    const opened = await openDatabase({ home, log, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
    databases.push(opened);
    return opened;
  };
  const first = await database();
  return {
    open: () => openProcess(first, database),
    control: openControl(first),
    async close() {
      for (const opened of databases) await opened.close();
      await removeDatabase(home);
      await rm(home, { recursive: true, force: true });
    },
  };
});

/** An engine with a session of its own, so that it can be lost as that of a process is. */
async function openProcess(first: Database, open: () => Promise<Database>): Promise<EngineUnderTest> {
  const database = await open();
  const engine = await openEngine({ database, log });
  const close = async (): Promise<void> => {
    await engine.close();
    await database.close();
  };
  return {
    engine: { ...engine, close },
    die: () => database.close(),
    beTakenForDead: async () => {
      // A beat between the look and the taking over keeps its steps for it, as it should: others would see it live.
      const taken = async (): Promise<number> => {
        const { rows } = await first.pool.query<{ taken: string }>(
          `select jidoka.reap('another', id, beat) as taken from jidoka.executor where id = $1`,
          [engine.executor],
        );
        return Number(rows[0]?.taken);
      };
      while ((await taken()) === 0);
    },
  };
}

function log(): void {}
