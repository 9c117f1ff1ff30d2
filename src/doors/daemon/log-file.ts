import { fstatSync } from 'node:fs';
import { copyFile, open, rename, stat, truncate, type FileHandle } from 'node:fs/promises';

/** A log that grew beyond this, in bytes, becomes `log.1`, and the `log.1` before it goes. */
const largest = 4 * 1024 ** 2;
const stderr = 2;

/** Opens the log for a daemon to write to. `from` is where what this daemon says begins. */
export async function openLog(path: string): Promise<{ readonly file: FileHandle; readonly from: number }> {
  if ((await sizeOf(path)) > largest) await rename(path, `${path}.1`);
  return { file: await open(path, 'a', 0o600), from: await sizeOf(path) };
}

/** The last lines that were written behind a place. */
export async function lastLines(path: string, from: number, count: number): Promise<readonly string[]> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return [];
  try {
    const start = Math.max(from, (await file.stat()).size - 16_384);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(16_384), position: start });
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-count);
  } finally {
    await file.close();
  }
}

/**
 * Keeps the log of this process from growing without end; does nothing where it writes elsewhere, as under systemd.
 * Whoever holds the file appends, so that it can be cut while it is open.
 */
export async function boundLog(path: string): Promise<void> {
  const log = await stat(path).catch(() => null);
  const own = fstatSync(stderr);
  if (log === null || log.ino !== own.ino || log.dev !== own.dev || log.size <= largest) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
