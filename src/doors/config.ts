import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JidokaError } from '../core/base/error.ts';

/** A copy of the environment; this file is the only one that reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the factory keeps its things and which database it uses. */
export interface Settings {
  /** Absolute folder of the ledger's database, blobs, mirrors and evidence. */
  readonly home: string;
  /** A PostgreSQL to use instead of the embedded one, or null. */
  readonly databaseUrl: string | null;
  /** Folder with `initdb` and `pg_ctl` for the embedded database, or null for those from npm. */
  readonly postgresBin: string | null;
  readonly env: Environment;
  readonly version: string;
}

/** Takes the environment of this process. */
export function readEnvironment(): Environment {
  return { ...process.env };
}

/**
 * Decides the settings: an option wins over the environment, the environment over the default.
 * Throws `usage` for a database URL that is none.
 *
 * @example
 * readSettings({ home: null, database: null }, { JIDOKA_HOME: '/srv/jidoka' }, '/').home; // '/srv/jidoka'
 */
export function readSettings(flags: SettingFlags, env: Environment, cwd: string): Settings {
  return {
    home: resolve(cwd, flags.home ?? set(env['JIDOKA_HOME']) ?? join(dataFolder(env), 'jidoka')),
    databaseUrl: databaseUrl(flags.database ?? set(env['JIDOKA_DATABASE_URL'])),
    postgresBin: set(env['JIDOKA_PG_BIN']),
    env,
    version: packageVersion(),
  };
}

export interface SettingFlags {
  readonly home: string | null;
  readonly database: string | null;
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
    mend: 'Give --database or JIDOKA_DATABASE_URL as postgres://USER@HOST:PORT/NAME, or leave both out for the embedded database.',
  });
}

/** An empty variable counts as none. */
function set(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
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
