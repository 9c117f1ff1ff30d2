import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Living, lives, livingFrom } from './life.ts';
import { type DaemonPlace, daemonPlace } from './place.ts';

/** What a running daemon says of itself in `daemon.json`. */
export interface Daemon extends Living {
  readonly url: string;
  /** Name of the file beside it that holds the token for its API. */
  readonly token: string;
  readonly startedAt: string;
  readonly version: string;
  /** Tells databases apart without naming them: a command with another --database sees another factory. */
  readonly database: string;
  /** Options it was started with, beside the port; null where something else than `jidoka up` keeps it running. */
  readonly options: readonly string[] | null;
}

/** Names a database by its URL, or the embedded one of the home. */
export function databaseName(url: string | null): string {
  return url === null ? 'embedded' : createHash('sha256').update(url).digest('hex').slice(0, 16);
}

/** The daemon that lives and is ready, or null: what a dead one left behind is never taken for it. */
export async function findDaemon(home: string): Promise<Daemon | null> {
  const daemon = daemonFrom(await readFile(daemonPlace(home).file, 'utf8').catch(() => ''));
  return daemon !== null && (await lives(daemon)) ? daemon : null;
}

/** The token by which whoever may read the home asks the daemon, or null where it cannot be read. */
export async function tokenOf(home: string, daemon: Daemon): Promise<string | null> {
  const text = await readFile(join(daemonPlace(home).folder, daemon.token), 'utf8').catch(() => '');
  return text.trim() === '' ? null : text.trim();
}

/** A reader sees the whole file or none. */
export async function writeDaemon({ file }: DaemonPlace, daemon: Daemon): Promise<void> {
  const beside = `${file}.${daemon.pid}`;
  await writeFile(beside, `${JSON.stringify(daemon, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, file);
}

/** Removes what a daemon left, unless it is another's by now. */
export async function removeDaemon({ file, token }: DaemonPlace, { life, pid }: Living): Promise<void> {
  const left = daemonFrom(await readFile(file, 'utf8').catch(() => ''));
  if (left !== null && (left.pid !== pid || left.life !== life)) return;
  await rm(file, { force: true });
  await rm(token, { force: true });
}

function daemonFrom(text: string): Daemon | null {
  try {
    const value: unknown = JSON.parse(text);
    const living = livingFrom(value);
    if (living === null || typeof value !== 'object' || value === null) return null;
    const { url, token, startedAt, version, database, options } = value as Readonly<Record<string, unknown>>;
    // The token's file stands beside daemon.json: no path leads elsewhere.
    if (typeof url !== 'string' || typeof token !== 'string' || !/^[\w.-]+$/.test(token)) return null;
    const kept = Array.isArray(options) ? options.map(String) : null;
    return { ...living, url, token, startedAt: String(startedAt), version: String(version), database: String(database), options: kept };
  } catch {
    return null;
  }
}
