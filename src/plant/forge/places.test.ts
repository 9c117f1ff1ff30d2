import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWorkspace } from '../../../kit/floor/index.ts';
import { commitFiles, git, makeRepository } from '../../../kit/forge/index.ts';
import type { Forge, Published } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { withFileLock } from '../postgres/index.ts';
import { gitForge } from './index.ts';

let base: string;
let forge: Forge;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'jidoka-places-'));
  forge = makeForge();
});
afterEach(() => rm(base, { recursive: true, force: true, maxRetries: 3 }));

const makeForge = (): Forge => gitForge({ root: join(base, 'forge'), env: process.env, lock: withFileLock, log: () => undefined });

/** Checks a repository out, changes a.txt, publishes it and attaches a record. */
async function deliver(repository: RepositorySnapshot, text = 'two\n'): Promise<readonly [Published, Published]> {
  const tree = await mkdtemp(join(base, 'tree-'));
  await folderWorkspace(tree).seed(forge.source(repository));
  await writeFile(join(tree, 'a.txt'), text);
  const { patch } = await forge.harvest(repository, folderWorkspace(tree));
  const at = '2026-01-01T00:00:00Z';
  const branch = await forge.publish(repository, { patch, branch: 'jidoka/deps/a', message: 'x\n\nJidoka-Seed: a', at });
  const record = { ref: 'refs/jidoka/evidence/run', files: new Map([['bundle.json', new Uint8Array([123, 125])]]), message: 'x', at };
  return [branch, await forge.attach(repository, record)];
}

const files = { 'a.txt': 'one\n', 'sub/b.txt': 'b\n' };

test('paths with spaces, letters of any script and colons work from open to delivery', async () => {
  const target = await makeRepository(files, { folder: join(base, 'mein Projekt: größer 日本 "x"') });
  const repository = await forge.open(join(target.path, 'sub'));
  expect(repository).toMatchObject({ directory: 'sub', baseCommit: target.commit });
  for (const done of await deliver(repository)) expect(done.held).toBeNull();
});

test('a bare repository, and its file URL, are targets without a work tree', async () => {
  const target = await makeRepository(files, { folder: join(base, 'origin') });
  await git(base, 'clone', '--quiet', '--bare', target.path, 'bare.git');
  const repository = await forge.open(join(base, 'bare.git'));
  expect(repository).toMatchObject({ name: 'bare', directory: '', uncommitted: 0, baseCommit: target.commit, branch: 'main' });
  expect(await forge.open(pathToFileURL(join(base, 'bare.git')).href)).toEqual(repository);
  for (const done of await deliver(repository)) expect(done.held).toBeNull();
});

test('a linked work tree is the same repository at its own commit, and its branch is left alone', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  await git(target.path, 'worktree', 'add', '--quiet', '-b', 'jidoka/deps/a', join(base, 'linked'));
  const mine = await commitFiles(join(base, 'linked'), { c: '' }, 'mine');
  const main = await forge.open(target.path);
  const linked = await forge.open(join(base, 'linked'));
  expect(linked).toMatchObject({ id: main.id, baseCommit: mine, branch: 'jidoka/deps/a' });
  const [branch] = await deliver(linked);
  expect(branch).toMatchObject({ ref: 'refs/heads/jidoka/deps/a-2', held: null });
});

test('a detached head and a shallow clone can be opened and published to', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const second = await commitFiles(target.path, { c: '' }, 'second');
  await git(base, 'clone', '--quiet', '--depth=1', `file://${target.path}`, 'shallow');
  await git(join(base, 'shallow'), 'checkout', '--quiet', '--detach');
  const repository = await forge.open(join(base, 'shallow'));
  expect(repository).toMatchObject({ baseCommit: second, branch: null });
  for (const done of await deliver(repository)) expect(done.held).toBeNull();
});

test('a commit that no branch holds can be opened', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  await git(target.path, 'checkout', '--quiet', '--detach');
  const loose = await commitFiles(target.path, { loose: '' }, 'loose');
  expect((await forge.open(target.path)).baseCommit).toBe(loose);
});

test('submodules are left as they are', async () => {
  const inner = await makeRepository({ x: '' }, { folder: join(base, 'inner') });
  const target = await makeRepository(files, { folder: join(base, 'target') });
  await git(target.path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'vendor');
  await git(target.path, 'commit', '--quiet', '--message', 'submodule');
  const repository = await forge.open(target.path);
  expect(await forge.list(repository)).toEqual(['.gitmodules', 'a.txt', 'sub/b.txt']);
  const tree = await mkdtemp(join(base, 'tree-'));
  await folderWorkspace(tree).seed(forge.source(repository));
  await writeFile(join(tree, 'vendor/x'), 'built');
  expect((await forge.harvest(repository, folderWorkspace(tree))).files).toEqual([]);
});

test('bytes are as committed: no conversion of line ends, no filter, whatever the attributes say', async () => {
  const given = { '.gitattributes': '*.bat text eol=crlf\n*.bin filter=lfs\n', 'x.bat': 'a\nb\n', 'y.bin': 'version https://git-lfs\n' };
  const target = await makeRepository(given, { folder: join(base, 'target') });
  const repository = await forge.open(target.path);
  const tree = await mkdtemp(join(base, 'tree-'));
  await folderWorkspace(tree).seed(forge.source(repository));
  expect(await readFile(join(tree, 'x.bat'), 'utf8')).toBe('a\nb\n');
  expect((await forge.harvest(repository, folderWorkspace(tree))).files).toEqual([]);
  await writeFile(join(tree, 'x.bat'), 'a\r\nb\r\n');
  const change = await forge.harvest(repository, folderWorkspace(tree));
  const other = await mkdtemp(join(base, 'tree-'));
  await folderWorkspace(other).seed(forge.source(repository));
  await forge.apply(repository, change.patch, folderWorkspace(other));
  expect(await readFile(join(other, 'x.bat'), 'utf8')).toBe('a\r\nb\r\n');
});

test('a repository of the newer hash is a target like any other', async () => {
  await mkdir(join(base, 'target'));
  await git(join(base, 'target'), 'init', '--quiet', '--object-format=sha256');
  await commitFiles(join(base, 'target'), files, 'first');
  const repository = await forge.open(join(base, 'target'));
  expect(repository.baseCommit).toHaveLength(64);
  for (const done of await deliver(repository)) expect(done.held).toBeNull();
});

test('ten opens at once, by two forges, all give the same snapshot', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const other = makeForge();
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? forge : other).open(target.path)));
  expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
  const trees = await Promise.all(all.map(() => mkdtemp(join(base, 'tree-'))));
  await Promise.all(
    trees.map((tree, index) => folderWorkspace(tree).seed((index % 2 === 0 ? forge : other).source(all[0] as RepositorySnapshot))),
  );
  for (const tree of trees) expect(await readFile(join(tree, 'a.txt'), 'utf8')).toBe('one\n');
});

test('ten deliveries of one run at once end as one branch and one record', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const repository = await forge.open(target.path);
  const done = await Promise.all(Array.from({ length: 10 }, () => deliver(repository)));
  expect(new Set(done.map((pair) => JSON.stringify(pair))).size).toBe(1);
  expect((await git(target.path, 'for-each-ref', '--format=%(refname)')).split('\n')).toEqual([
    'refs/heads/jidoka/deps/a',
    'refs/heads/main',
    'refs/jidoka/evidence/run',
  ]);
});

test('what a killed process left in the mirror holds up nobody', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const first = await forge.open(target.path);
  const mirror = join(base, 'forge/mirrors', `${first.id}.git`);
  await writeFile(`${mirror}.lock`, `999999999 ${hostname()}`);
  await writeFile(join(mirror, 'shallow.lock'), '');
  const second = await commitFiles(target.path, { c: '' }, 'second');
  expect((await makeForge().open(target.path)).baseCommit).toBe(second);
});

test('a mirror that is gone is made again from the snapshot', async () => {
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const snapshot = await forge.open(target.path);
  await commitFiles(target.path, { c: '' }, 'second');
  await rm(join(base, 'forge'), { recursive: true });
  expect(await makeForge().read(snapshot, 'a.txt')).toBe('one\n');
});

test('a target that its owner made read-only keeps the result with the factory', async (context) => {
  if (process.getuid?.() === 0) return context.skip('root may write everywhere');
  const target = await makeRepository(files, { folder: join(base, 'target') });
  const repository = await forge.open(target.path);
  const closed = ['.git/refs/heads', '.git/refs', '.git/objects', '.git'].map((path) => join(target.path, path));
  for (const path of closed) await chmod(path, 0o555);
  for (const done of await deliver(repository)) expect(done.held).toMatch(/did not take it/);
  for (const path of closed.toReversed()) await chmod(path, 0o755);
});

test('what root writes into a repository of somebody else belongs to him afterwards', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root can write for others');
  const target = await makeRepository(files, { folder: join(base, 'target') });
  execFileSync('chown', ['-R', '65534:65534', target.path]);
  for (const done of await deliver(await forge.open(target.path))) expect(done.held).toBeNull();
  const entries = await readdir(join(target.path, '.git'), { recursive: true });
  for (const entry of entries) expect((await lstat(join(target.path, '.git', entry))).uid, entry).toBe(65534);
});
