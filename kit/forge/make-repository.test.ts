import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeRepository } from './make-repository.ts';

test('equal files give an equal commit, on the branch and in the folder asked for', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'jidoka-made-'));
  const files = { 'package.json': '{}', 'src/a b.js': 'x\n' };
  const one = await makeRepository(files, { folder: join(parent, 'one') });
  const two = await makeRepository(files, { folder: join(parent, 'deep/two'), branch: 'trunk' });
  expect(two.commit).toBe(one.commit);
  expect(await git(two.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
  expect(await git(one.path, 'ls-tree', '-r', '--name-only', 'HEAD')).toBe('package.json\nsrc/a b.js');
  await rm(parent, { recursive: true });
});
