import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { socketFolder } from './socket-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jd-s-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('two floors of one process never have the same path, and one that closes takes nothing from the other', async () => {
  const [one, two] = [socketFolder(folder), socketFolder(folder)];
  const paths = await Promise.all([one.next(), two.next(), one.next(), two.next()]);
  expect(new Set(paths).size).toBe(4);
  for (const path of paths) await writeFile(path, '');
  await one.close();
  const [, kept = ''] = paths;
  await expect(writeFile(kept, 'still')).resolves.toBeUndefined();
  await two.close();
  expect(await readdir(folder)).toEqual([]);
});

test('what a process left that is dead is removed, and a path is never too long for a socket', async () => {
  await mkdir(join(folder, '999999999-1-x'), { recursive: true });
  await writeFile(join(folder, '999999999-1-x', 'x'), '');
  const sockets = socketFolder(folder);
  await sockets.next();
  expect((await readdir(folder)).some((name) => name.startsWith('999999999'))).toBe(false);
  await sockets.close();
  const deep = join(folder, 'a'.repeat(60), 'b');
  const far = socketFolder(deep);
  expect((await far.next()).length).toBeLessThan(104);
  await far.close();
});

test('a folder that could not be made is made once it can be', async () => {
  const parent = join(folder, 'a-file-yet');
  await writeFile(parent, '');
  const sockets = socketFolder(join(parent, 's'));
  await expect(sockets.next()).rejects.toMatchObject({ code: 'workspace-failed' });
  await rm(parent);
  expect(await sockets.next()).toContain(parent);
  await sockets.close();
});
