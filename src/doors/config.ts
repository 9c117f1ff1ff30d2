import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JidokaError } from '../core/base/error.ts';
import type { FloorSettings } from '../core/ports/floor.ts';
import { set, type Environment } from './environment.ts';
import { floorSettings } from './floor-settings.ts';

export type { Environment } from './environment.ts';

/** Where the factory keeps its things and which database it uses. */
export interface Settings {
  /** Absolute folder of the ledger's database, blobs, mirrors and evidence. */
  readonly home: string;
  /** A PostgreSQL to use instead of the embedded one, or null. */
  readonly databaseUrl: string | null;
  /** Folder with `initdb` and `pg_ctl` for the embedded database, or null for those from npm. */
  readonly postgresBin: string | null;
  /** Where commands of target repositories run. */
  readonly floor: FloorSettings;
  readonly env: Environment;
  readonly version: string;
}

/** Takes the environment of this process; nothing else reads it. */
export function readEnvironment(): Environment {
  return { ...process.env };
}

/**
 * Decides the settings: an option wins over the environment, the environment over what `jidoka db move` left in the
 * home, that over the default. Throws `usage` for a database URL that is none, a floor
 * that does not exist and a file that cannot be read.
 *
 * @example
 * readSettings({ home: null, database: null }, { JIDOKA_HOME: '/srv/jidoka' }, '/').home; // '/srv/jidoka'
 */
export function readSettings(flags: SettingFlags, env: Environment, cwd: string): Settings {
  const home = resolve(cwd, flags.home ?? set(env['JIDOKA_HOME']) ?? join(dataFolder(env), 'jidoka'));
  return {
    home,
    databaseUrl: databaseUrl(flags.database ?? set(env['JIDOKA_DATABASE_URL']) ?? savedDatabase(home)),
    postgresBin: set(env['JIDOKA_PG_BIN']),
    floor: floorSettings({ floor: flags.floor ?? null, image: flags.floorImage ?? null, limits: flags.limits ?? null }, env),
    env,
    version: packageVersion(),
  };
}

export interface SettingFlags {
  readonly home: string | null;
  readonly database: string | null;
  readonly floor?: string | null;
  readonly floorImage?: string | null;
  readonly limits?: string | null;
}

function dataFolder(env: Environment): string {
  const asked = set(env['XDG_DATA_HOME']);
  // The XDG specification says that a relative path is to be ignored.
  return asked !== null && isAbsolute(asked) ? asked : join(homedir(), '.local', 'share');
}

function databaseUrl(text: string | null): string | null {
  if (text === null || /^postgres(ql)?:\/\//.test(text)) return text;
  // The value itself is not repeated: it may hold a password.
  throw new JidokaError('usage', 'The database URL does not begin with postgres:// or postgresql://.', {
    mend: 'Give --database, JIDOKA_DATABASE_URL or factory.json of the home a postgres://USER@HOST:PORT/NAME, or leave all out for the embedded database.',
  });
}

/** Keeps the database of a home for every later command; null goes back to the embedded one. */
export function saveDatabase(home: string, url: string | null): void {
  const path = factoryFile(home);
  if (url === null) return rmSync(path, { force: true });
  mkdirSync(home, { recursive: true });
  // Written beside and moved: a reader sees the old file or the new one. The URL may hold a password.
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify({ database: url }, null, 2)}\n`, { mode: 0o600 });
  renameSync(beside, path);
}

function savedDatabase(home: string): string | null {
  const text = textOf(factoryFile(home));
  if (text === null) return null;
  const saved = parsed(text);
  if (typeof saved === 'object' && saved !== null && !Array.isArray(saved)) {
    const database = 'database' in saved ? saved.database : null;
    if (database === null || typeof database === 'string') return database;
  }
  throw new JidokaError('usage', `${factoryFile(home)} is not of the form {"database": "postgres://…"}.`, {
    mend: 'Mend the file, or remove it to go back to the embedded database.',
  });
}

function factoryFile(home: string): string {
  return join(home, 'factory.json');
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return null;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('usage', `${path} cannot be read: ${why}.`, { mend: 'Let the user who runs jidoka read it.', cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The version of this package. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  return typeof version === 'string' ? version : '0.0.0';
}

/** Where a file or folder that comes with the package is, as in `packagePath('lines', 'deps', 'line.yaml')`. */
export function packagePath(...parts: readonly string[]): string {
  return join(packageRoot(), ...parts);
}

/** This file runs from `src/doors` and, compiled, from `dist/src/doors`. */
function packageRoot(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  return resolve(here, /[\\/]dist[\\/]src[\\/]doors[\\/]$/.test(here) ? '../../..' : '../..');
}
