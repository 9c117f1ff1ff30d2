import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { packagePath, packageVersion, readEnvironment, readSettings } from './config.ts';

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
