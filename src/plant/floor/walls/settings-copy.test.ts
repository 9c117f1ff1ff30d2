import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copySettings } from './settings-copy.ts';

describe('the copy of settings', () => {
  let space = '';
  const etc = (...names: string[]): string => join(space, 'etc', ...names);
  const copied = (...names: string[]): string => join(space, 'copy', ...names);
  const copy = (): Promise<void> => copySettings(copied(), [etc('ssl', 'certs'), etc('hosts.conf'), etc('zone')], etc());

  beforeEach(async () => {
    space = await mkdtemp(join(tmpdir(), 'jidoka-settings-'));
    await mkdir(etc('ssl', 'certs'), { recursive: true });
    await writeFile(etc('ssl', 'certs', 'one.pem'), 'one');
    await symlink('one.pem', etc('ssl', 'certs', 'abcd.0'));
    await writeFile(etc('hosts.conf'), 'order');
    await writeFile(etc('Berlin'), 'CET');
    await symlink('Berlin', etc('zone'));
    await copy();
  });
  afterEach(async () => await rm(space, { recursive: true, force: true }));

  const made = async (): Promise<readonly unknown[]> => {
    const { ino, ctimeMs } = await lstat(copied('ssl', 'certs', 'abcd.0'));
    return [ino, ctimeMs];
  };

  it('keeps links among settings, and has a setting that is a link as what it points to', async () => {
    expect(await readlink(copied('ssl', 'certs', 'abcd.0'))).toBe('one.pem');
    expect(await readFile(copied('zone'), 'utf8')).toBe('CET');
    expect((await lstat(copied('zone'))).isFile()).toBe(true);
  });

  it('is left as it is where nothing has changed', async () => {
    const before = await made();
    await copy();
    expect(await made()).toEqual(before);
  });

  it.each<[string, () => Promise<unknown>, () => Promise<unknown>, unknown]>([
    ['a file says something else', () => writeFile(etc('hosts.conf'), 'ordes'), () => readFile(copied('hosts.conf'), 'utf8'), 'ordes'],
    ['what a setting points to says something else', () => writeFile(etc('Berlin'), 'EET'), () => readFile(copied('zone'), 'utf8'), 'EET'],
    ['a file is new', () => writeFile(etc('ssl', 'certs', 'two.pem'), '2'), () => readFile(copied('ssl', 'certs', 'two.pem'), 'utf8'), '2'],
    [
      'a link leads elsewhere',
      () => rm(etc('ssl', 'certs', 'abcd.0')).then(() => symlink('two.pem', etc('ssl', 'certs', 'abcd.0'))),
      () => readlink(copied('ssl', 'certs', 'abcd.0')),
      'two.pem',
    ],
    ['a file is gone', () => rm(etc('ssl', 'certs', 'one.pem')), () => lstat(copied('ssl', 'certs', 'one.pem')).catch(() => null), null],
    ['the mode is another', () => chmod(etc('hosts.conf'), 0o600), async () => (await lstat(copied('hosts.conf'))).mode & 0o777, 0o600],
    ['somebody wrote into it', () => writeFile(copied('hosts.conf'), 'mine'), () => readFile(copied('hosts.conf'), 'utf8'), 'order'],
    ['somebody put a file into it', () => writeFile(copied('extra'), ''), () => lstat(copied('extra')).catch(() => null), null],
    ['somebody shut it', () => chmod(copied(), 0o700), async () => (await lstat(copied())).mode & 0o777, 0o755],
  ])('is made anew where %s', async (_, change, seen, expected) => {
    await change();
    await copy();
    expect(await seen()).toEqual(expected);
  });
});
