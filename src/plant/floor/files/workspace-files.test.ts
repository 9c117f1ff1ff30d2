import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkspaceFiles } from '../../../core/ports/floor.ts';
import { workspaceFiles } from './workspace-files.ts';

let root: string;
let files: WorkspaceFiles;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jd-w-'));
  files = workspaceFiles({ at: root, seenAs: '/seen', user: null });
});
afterEach(() => rm(root, { recursive: true }));

/** What this process holds open below the root. */
async function heldOpen(): Promise<readonly string[]> {
  const all = await readdir('/proc/self/fd');
  const targets = await Promise.all(all.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(root));
}

test('a link is followed on the way and, in reading, at the end; in writing its place is taken', async () => {
  await mkdir(join(root, 'real/deep'), { recursive: true });
  await writeFile(join(root, 'real/deep/file'), 'text');
  await symlink('/seen/real', join(root, 'way'));
  await symlink('../real/deep/file', join(root, 'real/end'));
  await symlink('end', join(root, 'real/twice'));
  await symlink('loop', join(root, 'loop'));
  expect(await files.read('way/deep/file')).toBe('text');
  await expect(files.read('way/twice')).resolves.toBe('text');
  expect(await files.read('loop')).toBeNull();
  await files.write('way/end', 'new');
  expect(await files.read('real/deep/file')).toBe('text');
  expect(await files.read('real/end')).toBe('new');
  expect(await files.list('way')).toEqual(['way/deep', 'way/deep/file', 'way/end', 'way/twice']);
});

test.runIf(process.platform === 'linux')('no folder stays open, whatever became of the way', async () => {
  await mkdir(join(root, 'deep/er'), { recursive: true });
  await symlink('/etc', join(root, 'deep/out'));
  await writeFile(join(root, 'deep/file'), '');
  const long = 'n'.repeat(300);
  await expect(files.read(`deep/${long}/file`)).rejects.toMatchObject({ code: 'workspace-failed' });
  await expect(files.write(`deep/er/${long}/file`, '')).rejects.toMatchObject({ code: 'workspace-failed' });
  for (const path of ['deep/out/passwd', 'deep/out', '..'])
    await expect(files.read(path)).rejects.toMatchObject({ code: 'workspace-failed' });
  for (const path of ['none/file', 'deep/file/file', 'deep']) expect(await files.read(path)).toBeNull();
  await files.write('deep/new/file', 'text');
  await files.remove('deep/new');
  expect(await heldOpen()).toEqual([]);
});
