import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWorkspace } from '../../../kit/floor/index.ts';
import { git, makeRepository } from '../../../kit/forge/index.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { withFileLock } from '../postgres/index.ts';
import { gitForge } from './index.ts';

let base: string;
let forge: Forge;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'jidoka-hostile-'));
  forge = gitForge({ root: join(base, 'forge'), env: process.env, lock: withFileLock, log: () => undefined });
});
afterEach(() => rm(base, { recursive: true, force: true, maxRetries: 3 }));

/** Settings, attributes and hooks that leave a mark when git runs any of them. */
async function poison(tree: string, mark: string): Promise<void> {
  const run = `touch ${mark}`;
  const settings = [
    ['core.fsmonitor', `${run}; false`],
    ['core.hooksPath', join(tree, '.git/hooks')],
    ['filter.evil.clean', `${run}; cat`],
    ['filter.evil.smudge', `${run}; cat`],
    ['diff.evil.command', run],
    ['diff.evil.textconv', `${run}; cat`],
    ['diff.external', run],
    ['core.pager', run],
    ['core.sshCommand', run],
    ['core.alternateRefsCommand', run],
    ['uploadpack.packObjectsHook', run],
    ['gpg.program', run],
    ['commit.gpgSign', 'true'],
  ] as const;
  for (const [key, value] of settings) await git(tree, 'config', key, value);
  await mkdir(join(tree, '.git/hooks'), { recursive: true });
  for (const hook of [
    'post-index-change',
    'reference-transaction',
    'post-checkout',
    'pre-receive',
    'post-receive',
    'pre-commit',
    'pre-push',
    'update',
  ]) {
    await writeFile(join(tree, '.git/hooks', hook), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
  }
}

test('a poisoned workspace runs nothing when it is harvested or written to, though plain git there does', async () => {
  const target = await makeRepository({ 'a.txt': 'one\n', 'b.txt': 'one\n' }, { folder: join(base, 'target') });
  const repository = await forge.open(target.path);
  const tree = join(base, 'tree');
  await mkdir(tree);
  await folderWorkspace(tree).seed(forge.source(repository));
  const mark = join(base, 'fired');
  await poison(tree, mark);
  await writeFile(join(tree, '.gitattributes'), '* filter=evil diff=evil working-tree-encoding=UTF-16\n');
  await writeFile(join(tree, 'a.txt'), 'two\n');

  const change = await forge.harvest(repository, folderWorkspace(tree));
  expect(change.files.map((file) => file.path)).toEqual(['.gitattributes', 'a.txt']);
  await forge.filter(repository, change.patch, (path) => path === 'a.txt');
  const patch = 'diff --git a/b.txt b/b.txt\n--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-one\n+three\n';
  await forge.apply(repository, patch, folderWorkspace(tree));
  expect(await readFile(join(tree, 'b.txt'), 'utf8')).toBe('three\n');
  expect(existsSync(mark)).toBe(false);

  await promisify(execFile)('git', ['-c', 'safe.directory=*', 'status'], { cwd: tree }).catch(() => undefined);
  expect(existsSync(mark)).toBe(true);
});

test('a poisoned target runs nothing when it is opened, read, published to and attached to', async () => {
  const files = { 'a.txt': 'one\n', '.gitattributes': '* filter=evil diff=evil\n' };
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const mark = join(base, 'fired');
  await poison(target.path, mark);
  await writeFile(join(target.path, 'a.txt'), 'not committed\n');
  await rm(mark, { force: true });

  const repository = await forge.open(target.path);
  expect(repository.uncommitted).toBe(1);
  const tree = join(base, 'tree');
  await mkdir(tree);
  await folderWorkspace(tree).seed(forge.source(repository));
  await writeFile(join(tree, 'a.txt'), 'two\n');
  const { patch } = await forge.harvest(repository, folderWorkspace(tree));
  const at = '2026-01-01T00:00:00Z';
  expect((await forge.publish(repository, { patch, branch: 'jidoka/x', message: 'x', at })).held).toBeNull();
  const record = { ref: 'refs/jidoka/evidence/x', files: new Map([['a', new Uint8Array([1])]]), message: 'x', at };
  expect((await forge.attach(repository, record)).held).toBeNull();
  expect(existsSync(mark)).toBe(false);

  await promisify(execFile)('git', ['-c', 'safe.directory=*', 'status'], { cwd: target.path }).catch(() => undefined);
  expect(existsSync(mark)).toBe(true);
});

test("the owner's own settings that run programs are not used, those that reach others are", async () => {
  const mark = join(base, 'fired');
  const target = await makeRepository({ 'a.txt': 'one\n' }, { folder: join(base, 'target') });
  const settings = `[core]\n\tfsmonitor = "touch ${mark}"\n[diff]\n\texternal = "touch ${mark}"\n[url "${target.path}"]\n\tinsteadOf = https://short.example/x\n[commit]\n\tgpgSign = true\n`;
  await writeFile(join(base, 'owner.gitconfig'), settings);
  const own = gitForge({
    root: join(base, 'own'),
    env: { ...process.env, GIT_CONFIG_GLOBAL: join(base, 'owner.gitconfig') },
    lock: withFileLock,
    log: () => undefined,
  });
  expect((await own.open('https://short.example/x')).baseCommit).toBe(target.commit);
  expect(await readFile(join(base, 'own/.gitconfig'), 'utf8')).not.toMatch(/external|gpgSign/);
  expect(existsSync(mark)).toBe(false);
});

test('a repository inside the tree is harvested as its files, not as a link to a commit', async () => {
  const target = await makeRepository({ 'a.txt': 'one\n' }, { folder: join(base, 'target') });
  const repository = await forge.open(target.path);
  const tree = join(base, 'tree');
  await mkdir(tree);
  await folderWorkspace(tree).seed(forge.source(repository));
  await makeRepository({ 'inner.txt': 'x\n' }, { folder: join(tree, 'nested') });
  await mkdir(join(tree, '.GIT'));
  await writeFile(join(tree, '.GIT/config'), 'x');
  await writeFile(join(tree, ':(glob)x'), 'x');
  const change = await forge.harvest(repository, folderWorkspace(tree));
  expect(change.files.map((file) => file.path)).toEqual([':(glob)x', 'nested/inner.txt']);
});

test('a link in the place of a folder does not make the forge read what it points to', async () => {
  const target = await makeRepository({ 'src/a.txt': 'one\n', '.gitignore': 'x\n' }, { folder: join(base, 'target') });
  const repository = await forge.open(target.path);
  const tree = join(base, 'tree');
  await mkdir(tree);
  await folderWorkspace(tree).seed(forge.source(repository));
  await mkdir(join(base, 'secret'));
  await writeFile(join(base, 'secret/a.txt'), 'canary\n');
  await rm(join(tree, 'src'), { recursive: true });
  await symlink(join(base, 'secret'), join(tree, 'src'));
  const change = await forge.harvest(repository, folderWorkspace(tree));
  expect(change.patch).not.toContain('canary');
  expect(change.files.map((file) => file.path)).toEqual(['src', 'src/a.txt']);
});
