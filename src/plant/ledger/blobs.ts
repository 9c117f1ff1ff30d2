import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { Blobs } from '../../core/ports/blobs.ts';
import type { BlobTable } from './blob-table.ts';

/**
 * Opens a store of files named by their sha256, two folders deep. Text is redacted before it is hashed and stored.
 * With `shared` content also goes there, and what the folder lacks is fetched from there.
 *
 * @example
 * const blobs = openBlobs('/home/ada/.local/state/jidoka/blobs', redact, blobTable(database));
 * const ref = await blobs.put(output, { label: 'baseline run 1, stdout', mediaType: 'text/plain' });
 */
export function openBlobs(folder: string, redact: (text: string) => string = (text) => text, shared: BlobTable | null = null): Blobs {
  const bytes = async (sha256: string): Promise<Uint8Array> => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw invalid(`${JSON.stringify(sha256)} names no blob.`);
    const path = pathOf(folder, sha256);
    const here = await readOrNull(path);
    if (here !== null) return checked(here, sha256, `The blob ${path}`);
    const there = await shared?.get(sha256);
    if (there === undefined || there === null)
      throw invalid(`No blob named ${sha256} is in ${folder}${shared === null ? '' : ' or the database'}.`);
    const content = checked(there, sha256, `The blob ${sha256} in the database`);
    await store(path, content);
    return content;
  };
  return {
    async put(content, about) {
      const stored = redacted(content, about.mediaType, redact);
      const sha256 = hashOf(stored);
      await store(pathOf(folder, sha256), stored);
      await shared?.put(sha256, stored);
      return { sha256, bytes: stored.length, label: about.label, mediaType: about.mediaType };
    },
    bytes,
    text: async (sha256) => Buffer.from(await bytes(sha256)).toString('utf8'),
  };
}

/** Strings are text; so are bytes of a textual type that are valid UTF-8. */
function redacted(content: string | Uint8Array, mediaType: string, redact: (text: string) => string): Buffer {
  if (typeof content === 'string') return Buffer.from(redact(content));
  const bytes = Buffer.from(content);
  const text = /^(text\/|application\/json)/.test(mediaType) ? bytes.toString('utf8') : null;
  return text !== null && Buffer.from(text).equals(bytes) ? Buffer.from(redact(text)) : bytes;
}

function checked(content: Uint8Array, sha256: string, what: string): Uint8Array {
  const hash = hashOf(content);
  if (hash !== sha256) throw invalid(`${what} was changed: its sha256 is ${hash}.`);
  return content;
}

/** Appears under its name complete and on disk, or not at all; a second writer of the same content changes nothing. */
async function store(path: string, content: Uint8Array): Promise<void> {
  if ((await sizeOf(path)) === content.length) return;
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(draft, content);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw storeFault(error, path);
  }
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function storeFault(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new JidokaError('disk-full', `There is no room to store ${path}.`, {
    mend: 'Free some room on that disk and run the same command again; nothing is lost.',
    cause: error,
  });
}

function invalid(message: string): JidokaError {
  return new JidokaError('evidence-invalid', message, { mend: 'Run the job again with `--again` to make its evidence anew.' });
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

function pathOf(folder: string, sha256: string): string {
  return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
