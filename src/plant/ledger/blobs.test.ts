import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blobsContract } from '../../../kit/blobs/index.ts';
import { giveCluster } from '../../../test/cluster/give-cluster.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { blobTable } from './blob-table.ts';
import { openBlobs } from './blobs.ts';

const about = { label: 'x', mediaType: 'text/plain' };
const pathIn = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

blobsContract('blobs on disk', async (redact) => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
  return { blobs: openBlobs(folder, redact), close: () => rm(folder, { recursive: true }) };
});

describe('a blob on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lies two folders deep under its hash, and nothing else is left beside it', async () => {
    const { sha256 } = await openBlobs(folder).put('content', about);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).map(({ name }) => name)).toEqual([sha256]);
    expect(await readdir(join(folder, sha256.slice(0, 2), sha256.slice(2, 4)))).toEqual([sha256]);
  });

  it('is refused once it was changed, and mended by storing it again', async () => {
    const blobs = openBlobs(folder);
    const { sha256 } = await blobs.put('content', about);
    await writeFile(pathIn(folder, sha256), 'contents');
    await expect(blobs.bytes(sha256)).rejects.toMatchObject({ code: 'evidence-invalid', message: expect.stringContaining('was changed') });
    await blobs.put('content', about);
    expect(await blobs.text(sha256)).toBe('content');
  });
});

describe('blobs that machines share', () => {
  let home: string;
  let database: Database;
  let folders: readonly [string, string];
  const onServer = () => blobTable({ kind: 'server', attempt: (work) => database.attempt(work) });
  const count = async (): Promise<number> => (await database.pool.query('select from jidoka.blob')).rowCount ?? 0;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
    await giveCluster(home);
    database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  });
  afterAll(async () => {
    await database.close();
    await removeDatabase(home);
    await rm(home, { recursive: true });
  });
  beforeEach(async () => {
    folders = [await mkdtemp(join(tmpdir(), 'jidoka-here-')), await mkdtemp(join(tmpdir(), 'jidoka-there-'))];
  });
  afterEach(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  blobsContract('blobs with a table beside them', async (redact) => {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
    return { blobs: openBlobs(folder, redact, onServer()), close: () => rm(folder, { recursive: true }) };
  });

  it('are fetched into the folder of a machine that lacks them, and stored once', async () => {
    const [here, there] = folders.map((folder) => openBlobs(folder, undefined, onServer()));
    const before = await count();
    const ref = await here?.put('from afar', about);
    await there?.put('from afar', about);
    await rm(folders[1], { recursive: true });
    expect(await there?.text(ref?.sha256 ?? '')).toBe('from afar');
    expect(await readFile(pathIn(folders[1], ref?.sha256 ?? ''), 'utf8')).toBe('from afar');
    expect((await count()) - before).toBe(1);
  });

  it.each([
    ['that does not compress', () => randomBytes(64 * 2 ** 20)],
    ['that compresses well', () => Buffer.from('all tests passed, as they did before\n'.repeat(1_800_000)).subarray(0, 64 * 2 ** 20)],
  ])('may be of 64 MB %s', async (_, make) => {
    const content = make();
    const { sha256, bytes } = await openBlobs(folders[0], undefined, onServer()).put(content, { ...about, mediaType: 'application/zip' });
    expect([bytes, sha256]).toEqual([content.length, createHash('sha256').update(content).digest('hex')]);
    const fetched = await openBlobs(folders[1], undefined, onServer()).bytes(sha256);
    expect(Buffer.compare(fetched, content)).toBe(0);
  });

  it('are refused where the database gives other content, and kept out of the folder', async () => {
    const { sha256 } = await openBlobs(folders[0], undefined, onServer()).put('true', about);
    await database.pool.query(`update jidoka.blob set bytes = 'false' where sha256 = $1`, [sha256]);
    const there = openBlobs(folders[1], undefined, onServer());
    await expect(there.bytes(sha256)).rejects.toMatchObject({
      code: 'evidence-invalid',
      message: expect.stringContaining('in the database'),
    });
    expect(await readdir(folders[1])).toEqual([]);
  });

  it('stay in the folder where all share it, and are found where a move left them', async () => {
    const own = openBlobs(folders[1], undefined, blobTable({ kind: 'embedded', attempt: (work) => database.attempt(work) }));
    const before = await count();
    await own.put('only here', about);
    expect(await count()).toBe(before);
    const { sha256 } = await openBlobs(folders[0], undefined, onServer()).put('moved', about);
    expect(await own.text(sha256)).toBe('moved');
  });
});
