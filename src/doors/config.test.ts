import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagePath, packageVersion, readEnvironment, readSettings, saveDatabase } from './config.ts';

const none = { home: null, database: null };

describe('readSettings', () => {
  it.each([
    ['an option', { home: 'here', database: null }, { JIDOKA_HOME: '/env' }, '/cwd/here'],
    ['the environment', none, { JIDOKA_HOME: '/env', XDG_DATA_HOME: '/data' }, '/env'],
    ['a relative folder in the environment', none, { JIDOKA_HOME: 'env' }, '/cwd/env'],
    ['the data folder', none, { XDG_DATA_HOME: '/data', JIDOKA_HOME: '' }, '/data/jidoka'],
    ['nothing', none, {}, `${homedir()}/.local/share/jidoka`],
    ['a relative data folder, which does not count', none, { XDG_DATA_HOME: 'data' }, `${homedir()}/.local/share/jidoka`],
  ])('takes the home from %s', (_, flags, env, home) => {
    expect(readSettings(flags, env, '/cwd').home).toBe(home);
  });

  it('prefers the option for the database, and knows none', () => {
    const env = { JIDOKA_DATABASE_URL: 'postgres://env/x', JIDOKA_PG_BIN: '/pg/bin' };
    expect(readSettings({ home: null, database: 'postgresql://flag/x' }, env, '/').databaseUrl).toBe('postgresql://flag/x');
    expect(readSettings(none, env, '/')).toMatchObject({ databaseUrl: 'postgres://env/x', postgresBin: '/pg/bin' });
    expect(readSettings(none, {}, '/')).toMatchObject({ databaseUrl: null, postgresBin: null });
  });

  it('refuses a database that is no PostgreSQL, without repeating its password', () => {
    const read = (): unknown => readSettings({ home: null, database: 'mysql://ana:secret@host/x' }, {}, '/');
    expect(read).toThrow(expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('secret') }));
  });
});

describe('the database a home keeps', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'jidoka-config-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('counts for every later command, after option and environment', () => {
    saveDatabase(home, 'postgres://kept/x');
    expect(readSettings({ home, database: null }, {}, '/').databaseUrl).toBe('postgres://kept/x');
    expect(readSettings({ home, database: null }, { JIDOKA_DATABASE_URL: 'postgres://env/x' }, '/').databaseUrl).toBe('postgres://env/x');
    expect(readSettings({ home, database: 'postgres://flag/x' }, {}, '/').databaseUrl).toBe('postgres://flag/x');
  });

  it('is for the owner alone to read, and is forgotten with null', () => {
    saveDatabase(home, 'postgres://ana:secret@kept/x');
    expect(statSync(join(home, 'factory.json')).mode & 0o777).toBe(0o600);
    saveDatabase(home, null);
    saveDatabase(home, null);
    expect(readSettings({ home, database: null }, {}, '/').databaseUrl).toBeNull();
  });

  it.each(['{', '[]', '"x"', '{"database": 5}'])('%s in its place is refused, and named', (text) => {
    writeFileSync(join(home, 'factory.json'), text);
    const read = (): unknown => readSettings({ home, database: null }, {}, '/');
    expect(read).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(join(home, 'factory.json')) }));
  });
});

describe('the package', () => {
  it('is found from here', () => {
    expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
    expect(packagePath('lines', 'deps', 'line.yaml')).toMatch(/\/lines\/deps\/line\.yaml$/);
  });

  it('takes a copy of the environment', () => {
    expect(readEnvironment()).toEqual(process.env);
    expect(readEnvironment()).not.toBe(process.env);
  });
});
