import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Workspace } from '../../src/core/ports/floor.ts';
import type { Attachment, Forge, Publication } from '../../src/core/ports/forge.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import { commitFiles, git } from './make-repository.ts';
import type { MadeRepository } from './make-repository.ts';

/** What each test of the contract starts from. */
export interface Given {
  readonly forge: () => Forge;
  readonly target: () => MadeRepository;
  readonly repository: () => RepositorySnapshot;
  /** An empty folder. */
  readonly folder: () => string;
  /** The same folder as a workspace. */
  readonly tree: () => Workspace;
}

/** The part of the forge's contract that writes into the target. */
export function deliveryContract(given: Given): void {
  publishing(given);
  attaching(given);
}

/** A change of src/a.js to `text`, as it would be published. */
async function publication({ forge, repository, folder, tree }: Given, text: string): Promise<Publication> {
  await rm(folder(), { recursive: true });
  await mkdir(folder());
  await tree().seed(forge().source(repository()));
  await writeFile(join(folder(), 'src/a.js'), text);
  const { patch } = await forge().harvest(repository(), tree());
  return { patch, branch: 'jidoka/deps/a@1', message: `fix: ${text.trim()}\n\nJidoka-Seed: a@1\n`, at: '2026-01-02T03:04:05.678Z' };
}

function publishing(given: Given): void {
  const { forge, target, repository } = given;

  test('a change becomes a branch on the base; doing it again gives the same commit', async () => {
    const change = await publication(given, 'new\n');
    const first = await forge().publish(repository(), change);
    expect(first).toMatchObject({ location: repository().location, ref: 'refs/heads/jidoka/deps/a@1', held: null });
    expect(await forge().publish(repository(), change)).toEqual(first);
    expect(await git(target().path, 'log', '-1', '--format=%P %an <%ae> %ct', first.ref)).toBe(
      `${target().commit} jidoka <jidoka@localhost> 1767323045`,
    );
    expect(await git(target().path, 'show', `${first.ref}:src/a.js`)).toBe('new');
    expect(await forge().resolve(repository(), first.ref)).toBe(first.commit);
    expect(await forge().resolve(repository(), 'refs/heads/none')).toBeNull();
  });

  test('a change is located once it is a branch of its own, under whatever name, and not before', async () => {
    const change = await publication(given, 'new\n');
    expect(await forge().locate(repository(), change)).toBeNull();
    await git(target().path, 'branch', change.branch);
    expect(await forge().locate(repository(), change)).toBeNull();
    const published = await forge().publish(repository(), change);
    expect(published.ref).toBe(`refs/heads/${change.branch}-2`);
    expect(await forge().locate(repository(), change)).toEqual(published);
  });

  test('the work tree, the index, HEAD and the settings of the target stay byte for byte, and no hook is run', async () => {
    const path = target().path;
    await writeFile(join(path, 'src/a.js'), 'mine, not committed');
    await writeFile(join(path, 'staged'), 'x');
    await git(path, 'add', 'staged');
    for (const hook of ['pre-receive', 'update', 'post-receive', 'post-update', 'reference-transaction', 'post-index-change', 'pre-push']) {
      await writeFile(join(path, '.git/hooks', hook), `#!/bin/sh\ntouch ${path}/../$(basename ${path}).fired\n`, { mode: 0o755 });
    }
    const look = async (): Promise<readonly string[]> =>
      Promise.all(['src/a.js', 'staged', '.git/HEAD', '.git/index', '.git/config'].map((file) => readFile(join(path, file), 'base64')));
    const before = await look();
    await forge().open(path);
    const change = await publication(given, 'new\n');
    expect((await forge().publish(repository(), change)).held).toBeNull();
    expect(await look()).toEqual(before);
    expect(await readdir(join(path, '..'))).not.toContain(`${path.split('/').at(-1)}.fired`);
  });

  test('a branch of ours for the same seed is replaced, also on a newer base', async () => {
    const first = await forge().publish(repository(), await publication(given, 'old\n'));
    await commitFiles(target().path, { 'later.js': '' }, 'later');
    const newer = await forge().open(target().path);
    const second = await forge().publish(newer, await publication({ ...given, repository: () => newer }, 'new\n'));
    expect(second).toMatchObject({ ref: first.ref, held: null });
    expect(await git(target().path, 'rev-parse', `${second.ref}^`)).toBe(newer.baseCommit);
  });

  test("somebody's commits on the branch, or his checkout of it, are left alone", async () => {
    const first = await forge().publish(repository(), await publication(given, 'one\n'));
    await git(target().path, 'checkout', '--quiet', 'jidoka/deps/a@1');
    const second = await forge().publish(repository(), await publication(given, 'two\n'));
    expect(second).toMatchObject({ ref: 'refs/heads/jidoka/deps/a@1-2', held: null });
    const mine = await commitFiles(target().path, { mine: 'x' }, 'mine\n\nJidoka-Seed: a@1');
    await git(target().path, 'checkout', '--quiet', 'main');
    await git(target().path, 'branch', '--force', 'jidoka/deps/a@1-2', mine);
    const third = await forge().publish(repository(), await publication(given, 'three\n'));
    expect(third.ref).toBe('refs/heads/jidoka/deps/a@1-3');
    expect(await forge().resolve(repository(), first.ref)).toBe(mine);
  });

  test('a base that the factory made itself is checked out as one commit', async () => {
    const first = await forge().publish(repository(), await publication(given, 'new\n'));
    await git(target().path, 'merge', '--quiet', '--ff-only', first.ref);
    const merged = await forge().open(target().path);
    expect(merged.baseCommit).toBe(first.commit);
    const next = await forge().publish(merged, {
      ...(await publication({ ...given, repository: () => merged }, 'newer\n')),
      branch: 'jidoka/next',
    });
    expect(await git(given.folder(), 'rev-list', '--count', '--all')).toBe('1');
    expect(next.held).toBeNull();
  });

  test('a change made on an older base is published though the target went on', async () => {
    const change = await publication(given, 'new\n');
    await commitFiles(target().path, { 'later.js': '' }, 'later');
    expect((await forge().publish(repository(), change)).held).toBeNull();
  });

  test('what the target refuses is held by the factory and said', async () => {
    const change = await publication(given, 'new\n');
    await git(target().path, 'update-ref', 'refs/heads/jidoka', 'HEAD');
    const result = await forge().publish(repository(), change);
    expect(result.held).toMatch(/did not take it/);
    expect(await git(result.location, 'rev-parse', result.ref)).toBe(result.commit);
    expect(await forge().resolve(repository(), result.ref)).toBeNull();
  });
}

function attaching({ forge, target, repository }: Given): void {
  const record = (text: string): Attachment => ({
    ref: 'refs/jidoka/evidence/run-1',
    files: new Map([
      ['bundle.json', new TextEncoder().encode(text)],
      ['logs/0a', new Uint8Array([0, 255])],
    ]),
    message: 'evidence of run-1',
    at: '2026-01-02T03:04:05.678Z',
  });

  test('a record is a commit of its own that is the same when made twice', async () => {
    expect(await forge().locate(repository(), record('{}'))).toBeNull();
    const first = await forge().attach(repository(), record('{}'));
    expect(await forge().locate(repository(), record('{}'))).toEqual(first);
    expect(first).toMatchObject({ location: repository().location, ref: 'refs/jidoka/evidence/run-1', held: null });
    expect(await forge().attach(repository(), record('{}'))).toEqual(first);
    expect(await git(target().path, 'rev-list', '--count', first.ref)).toBe('1');
    expect(await git(target().path, 'ls-tree', '-r', '--name-only', first.ref)).toBe('bundle.json\nlogs/0a');
    expect(await git(target().path, 'show', `${first.ref}:bundle.json`)).toBe('{}');
  });

  test('a record never changes: that of another factory for the same run stands beside it', async () => {
    const first = await forge().attach(repository(), record('{}'));
    expect(await forge().locate(repository(), record('{"other":1}'))).toBeNull();
    const other = await forge().attach(repository(), record('{"other":1}'));
    expect(other).toMatchObject({ ref: `${first.ref}.${other.commit.slice(0, 8)}`, held: null });
    expect(await forge().attach(repository(), record('{"other":1}'))).toEqual(other);
    expect(await forge().locate(repository(), record('{"other":1}'))).toEqual(other);
    expect(await forge().resolve(repository(), first.ref)).toBe(first.commit);
  });
}
