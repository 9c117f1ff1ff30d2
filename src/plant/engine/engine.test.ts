import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineContract } from '../../../kit/engine/index.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { openEngine } from './open-engine.ts';

const said: string[] = [];
const log = (message: string): void => void said.push(message);
let home: string;
let database: Database;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-engine-'));
  database = await openDatabase({ home, log, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

engineContract('the engine on PostgreSQL', async (workflow) => ({
  open: () => openEngine({ database, name: 'contract', workflow, log }),
  close: async () => {},
}));

describe('one process', () => {
  it('refuses a second engine beside the first', async () => {
    const open = () => openEngine({ database, name: 'single', workflow: async () => null, log });
    const first = await open();
    await expect(open()).rejects.toMatchObject({ code: 'invariant' });
    await first.close();
    await (await open()).close();
  });

  it('keeps what DBOS says off stdout', async () => {
    expect(said.some((line) => line.startsWith('dbos info: '))).toBe(true);
  });
});
