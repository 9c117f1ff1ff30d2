import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type pg from 'pg';

/** Brings the blobs of a folder into the target, one at a time, where it does not have them. A file that is not what its name says stays out. */
export async function uploadBlobs(target: pg.PoolClient, folder: string, log: (message: string) => void): Promise<void> {
  const names = (await readdir(folder, { recursive: true }).catch(noFolder)).filter((name) => /^[0-9a-f]{64}$/.test(basename(name)));
  log(`bringing along ${names.length} blobs of ${folder}`);
  for (const name of names) {
    const sha256 = basename(name);
    const { rowCount } = await target.query('select from jidoka.blob where sha256 = $1', [sha256]);
    if (rowCount === 1) continue;
    const stored = await target.query(insertBlob, [sha256, await readFile(join(folder, name))]);
    if (stored.rowCount === 0) log(`${join(folder, name)} was changed and is left behind`);
  }
}

const insertBlob = `
  insert into jidoka.blob (sha256, bytes) select $1, bytes from (select $2::bytea as bytes) given
   where encode(sha256(bytes), 'hex') = $1`;

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
