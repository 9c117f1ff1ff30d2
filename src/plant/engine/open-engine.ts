import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DLogger } from '@dbos-inc/dbos-sdk';
import { JidokaError } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';
import type { Engine, Workflow } from '../../core/ports/engine.ts';
import { loadDbos, migrateDbos, schemaName, type Dbos } from './dbos.ts';
import { DbosEngine } from './dbos-engine.ts';
import { dbosLog } from './dbos-log.ts';
import type { EngineDatabase } from './engine-database.ts';
import { engineFailed, troubleFault } from './faults.ts';

export interface EngineOptions<Input extends Json, Output extends Json> {
  readonly database: EngineDatabase;
  /** Name of the workflow; stays the same from version to version, as runs are found by it. */
  readonly name: string;
  readonly workflow: Workflow<Input, Output>;
  readonly log: (message: string) => void;
}

const poolSize = 6;
const shutdownMs = 3_000;
/** Nothing of ours is scheduled by DBOS. */
const schedulePollMs = 3_600_000;

/**
 * Opens the engine for one workflow in this process. Work that other processes left is not touched until somebody
 * asks for it. Throws `engine-failed`, `database-unavailable`, and `invariant` for a second engine in one process.
 *
 * @example
 * const engine = await openEngine({ database, name: 'run', workflow, log });
 * await engine.start('deps-ms-1f0c9a2b', input);
 * const output = await engine.result('deps-ms-1f0c9a2b');
 */
export async function openEngine<Input extends Json, Output extends Json>(
  options: EngineOptions<Input, Output>,
): Promise<Engine<Input, Output>> {
  const { database, name, workflow, log } = options;
  const dbos = await loadDbos();
  if (dbos.DBOS.isInitialized()) {
    throw new JidokaError('invariant', 'This process has an open engine; DBOS allows one at a time.', {
      mend: 'Close the first engine before opening another.',
    });
  }
  const logger = dbosLog(log, (message) => {
    const fault = troubleFault(message);
    if (fault !== null) engine.stopAll(fault);
  });
  await database.migrateOnce(schemaName, () => migrate(database, logger));

  const seat = await database.enlist((fault) => engine.stopAll(fault));
  const engine = new DbosEngine<Input, Output>({ dbos, database, name, workflow, executor: seat.id });
  const pool = database.openPool('jidoka-engine', poolSize);
  const close = async (): Promise<void> => {
    engine.stopAll();
    await within(shutdownMs, dbos.DBOS.shutdown({ deregister: true }));
    await seat.leave();
    await within(shutdownMs, pool.end());
  };
  await launch(dbos, { url: database.url, pool, logger, executor: seat.id }).catch(async (error: unknown) => {
    await close();
    throw engineFailed('The workflow engine did not start', error);
  });
  return {
    executor: engine.executor,
    start: engine.start.bind(engine),
    state: engine.state.bind(engine),
    result: engine.result.bind(engine),
    resume: engine.resume.bind(engine),
    close,
  };
}

async function migrate(database: EngineDatabase, logger: DLogger): Promise<void> {
  const pool = database.openPool('jidoka-migrate', 1);
  try {
    await migrateDbos(pool, database.url, logger);
  } finally {
    await pool.end();
  }
}

interface Launch {
  readonly url: string;
  readonly pool: Pool;
  readonly logger: DLogger;
  readonly executor: string;
}

async function launch({ DBOS }: Dbos, { url, pool, logger, executor }: Launch): Promise<void> {
  DBOS.setConfig({
    name: 'jidoka',
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    executorID: executor, // of this process alone: launching recovers what carries it, which is nothing
    enablePatching: true,
    runMigrations: false,
    useListenNotify: false,
    listenQueues: [],
    schedulerPollingIntervalMs: schedulePollMs,
    logger,
  });
  await DBOS.launch();
}

/** Waits for what may hang where the database is away; it must not keep the process from ending. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  await Promise.race([work, pause(ms, undefined, { ref: false })]);
}
