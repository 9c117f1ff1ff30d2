import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlContract } from '../../../../kit/control/index.ts';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import { openDatabase, removeDatabase } from '../../postgres/index.ts';
import { openControl, openEngine } from '../index.ts';

controlContract('control on PostgreSQL', async () => {
  const home = await mkdtemp(join(tmpdir(), 'jidoka-control-'));
  await giveCluster(home);
  const log = (): void => {};
  const database = await openDatabase({ home, log, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  const engine = await openEngine({ database, log });
  return {
    control: openControl(database),
    engine,
    async close() {
      await engine.close();
      await database.close();
      await removeDatabase(home);
      await rm(home, { recursive: true, force: true });
    },
  };
});
