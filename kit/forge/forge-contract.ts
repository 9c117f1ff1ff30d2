import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/core/ports/floor.ts';
import type { Forge } from '../../src/core/ports/forge.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import { folderWorkspace } from '../floor/index.ts';
import { deliveryContract } from './delivery-contract.ts';
import type { Given } from './delivery-contract.ts';
import { commitFiles, git, makeRepository } from './make-repository.ts';
import type { MadeRepository } from './make-repository.ts';

/** A forge to hold against the contract; `end` removes everything it made. */
export interface ForgeUnderTest {
  readonly forge: Forge;
  readonly end: () => Promise<void>;
}

const files = {
  'package.json': '{\n  "name": "x",\n  "version": "1.0.0"\n}\n',
  'src/a.js': 'one\ntwo\nthree\n',
  'src/ü b.js': 'x\n',
  '.gitignore': 'dist/\n*.log\n',
} as const;

/** The promises every forge keeps towards a target that is a local git repository. */
export function forgeContract(name: string, make: () => Promise<ForgeUnderTest>): void {
  describe(`forge: ${name}`, () => {
    let under: ForgeUnderTest;
    let target: MadeRepository;
    let repository: RepositorySnapshot;
    let folder: string;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.end());
    beforeEach(async (context) => {
      target = await makeRepository(files);
      repository = await under.forge.open(target.path);
      folder = await mkdtemp(join(tmpdir(), 'jidoka-tree-'));
      context.onTestFinished(async () => {
        await target.remove();
        await rm(folder, { recursive: true, force: true });
      });
    });
    const given: Given = {
      forge: () => under.forge,
      target: () => target,
      repository: () => repository,
      folder: () => folder,
      tree: () => folderWorkspace(folder),
    };
    opening(given);
    describe('changes', () => {
      changing(given);
    });
    deliveryContract(given);
  });
}

function opening({ forge, target, repository, folder, tree }: Given): void {
  test('a snapshot names the commit, the branch and what is not committed', async () => {
    expect(repository()).toMatchObject({ kind: 'local', directory: '', baseCommit: target().commit, branch: 'main', uncommitted: 0 });
    await writeFile(join(target().path, 'new.js'), '');
    await writeFile(join(target().path, 'src/a.js'), 'changed');
    expect((await forge().open(target().path)).uncommitted).toBe(2);
  });

  test('the base is read from the commit, not from the work tree', async () => {
    await writeFile(join(target().path, 'package.json'), 'changed');
    await commitFiles(target().path, { 'later.js': '' }, 'later');
    expect(await forge().read(repository(), 'package.json')).toBe(files['package.json']);
    expect(await forge().read(repository(), 'later.js')).toBeNull();
    expect(await forge().read(repository(), 'src')).toBeNull();
    const asked = ['src', 'package.json', 'later.js', 'package.json'];
    const text = files['package.json'];
    expect(await Promise.all(asked.map((path) => forge().read(repository(), path)))).toEqual([null, text, null, text]);
    expect([...(await forge().list(repository()))].sort()).toEqual(Object.keys(files).sort());
  });

  test('a folder below the root is named as the project, links resolved', async () => {
    await symlink(join(target().path, 'src'), join(folder(), 'link'));
    expect(await forge().open(join(folder(), 'link'))).toMatchObject({
      id: repository().id,
      location: repository().location,
      directory: 'src',
    });
  });

  test('what is no repository, has no commit or is not there is said with a way out', async () => {
    const places = [folder(), join(folder(), 'missing'), join(target().path, 'package.json')];
    await git(folder(), 'init', '--quiet', 'empty');
    for (const place of [...places, join(folder(), 'empty')]) {
      await expect(forge().open(place), place).rejects.toMatchObject({ code: 'repository-invalid', mend: expect.stringMatching(/./) });
    }
  });

  test('a commit of the history that led to the base is found by its beginning, with what it was made on', async () => {
    const fix = await commitFiles(target().path, { 'src/a.js': 'two\n' }, 'fix');
    await git(target().path, 'checkout', '--quiet', '-b', 'aside');
    const aside = await commitFiles(target().path, { 'aside.js': '' }, 'aside');
    await git(target().path, 'checkout', '--quiet', 'main');
    await commitFiles(target().path, { 'src/a.js': 'three\n' }, 'third');
    const base = await forge().open(target().path);
    expect(await forge().history.ancestor(base, fix.slice(0, 8))).toEqual({ commit: fix, parent: target().commit });
    expect(await forge().history.ancestor(base, target().commit)).toEqual({ commit: target().commit, parent: null });
    expect(await forge().history.ancestor(base, base.baseCommit)).toEqual({ commit: base.baseCommit, parent: fix });
    for (const name of [aside, 'f'.repeat(40), fix.slice(0, 6), 'HEAD', '--all', `${fix}^`])
      expect(await forge().history.ancestor(base, name), name).toBeNull();
    // The base before it was asked for first knows nothing of what came later.
    expect(await forge().history.ancestor(repository(), fix)).toBeNull();
    await tree().seed(forge().source({ ...base, baseCommit: target().commit }));
    expect(await readFile(join(folder(), 'src/a.js'), 'utf8')).toBe(files['src/a.js']);
  });

  test('a checkout is one commit without remotes, equal to the base', async () => {
    await commitFiles(target().path, { 'src/a.js': 'two\n' }, 'second');
    const second = await forge().open(target().path);
    await tree().seed(forge().source(second));
    expect(await git(folder(), 'rev-list', '--count', '--all')).toBe('1');
    expect(await git(folder(), 'remote')).toBe('');
    expect(await git(folder(), 'status', '--porcelain')).toBe('');
    expect(await readFile(join(folder(), 'src/a.js'), 'utf8')).toBe('two\n');
    await expect(git(folder(), 'cat-file', '-e', target().commit)).rejects.toThrow(/cat-file/);
    await expect(tree().seed(forge().source(second))).rejects.toMatchObject({ code: 'invariant' });
  });
}

/** A workspace whose conversations are heard in small pieces, as over a slow line. */
function piecemeal(workspace: Workspace, size: number): Workspace {
  const harvest: Workspace['harvest'] = (sink) =>
    sink.take({
      root: workspace.root,
      base: null,
      converse: async (command) => {
        const conversation = await workspace.converse(command);
        return { ...conversation, output: inPieces(conversation.output, size) };
      },
    });
  return { ...workspace, harvest };
}

async function* inPieces(output: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of output) for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
}

function changing({ forge, repository, folder, tree }: Given): void {
  beforeEach(() => tree().seed(forge().source(repository())));

  test('an untouched checkout harvests as nothing', async () => {
    expect(await forge().harvest(repository(), tree())).toEqual({ patch: '', files: [] });
  });

  test('added, changed, deleted, binary, linked and executable files are all harvested and can be laid over a base', async (context) => {
    await writeFile(join(folder(), 'src/a.js'), 'one\n2\nthree\nfour\n');
    await writeFile(join(folder(), 'new ü.bin'), Buffer.from([0, 1, 2, 255, 254]));
    await writeFile(join(folder(), 'latin.txt'), Buffer.from('caf\xe9\n', 'latin1'));
    await unlink(join(folder(), 'src/ü b.js'));
    await symlink('a.js', join(folder(), 'src/link'));
    await chmod(join(folder(), 'package.json'), 0o755);
    const change = await forge().harvest(repository(), tree());
    expect(change.files).toEqual([
      { path: 'latin.txt', status: 'added', added: expect.any(Number), removed: 0 },
      { path: 'new ü.bin', status: 'added', added: 0, removed: 0 },
      { path: 'package.json', status: 'modified', added: 0, removed: 0 },
      { path: 'src/a.js', status: 'modified', added: 2, removed: 1 },
      { path: 'src/link', status: 'added', added: 1, removed: 0 },
      { path: 'src/ü b.js', status: 'deleted', added: 0, removed: 1 },
    ]);
    const other = await mkdtemp(join(tmpdir(), 'jidoka-other-'));
    context.onTestFinished(() => rm(other, { recursive: true }));
    const second = folderWorkspace(other);
    await second.seed(forge().source(repository()));
    expect([...(await forge().apply(repository(), change.patch, second))].sort()).toEqual(change.files.map((file) => file.path));
    expect(await forge().harvest(repository(), second)).toEqual(change);
    expect(await readFile(join(other, 'latin.txt'))).toEqual(Buffer.from('caf\xe9\n', 'latin1'));
  });

  test.each([1, 2, 7, 4096])('a tree is taken up the same in pieces of %i bytes, and so is an empty one', async (size) => {
    await put(folder(), 'src/new.js');
    const cut = (): Workspace => piecemeal(tree(), size);
    const whole = await forge().harvest(repository(), tree());
    expect(whole.files).toHaveLength(1);
    expect(await forge().harvest(repository(), cut())).toEqual(whole);
    for (const path of [...Object.keys(files), 'src/new.js']) await unlink(join(folder(), path));
    const emptied = await forge().harvest(repository(), cut());
    expect(emptied.files.map(({ path, status }) => [path, status])).toEqual(
      Object.keys(files)
        .toSorted()
        .map((path) => [path, 'deleted']),
    );
  });

  test('a change of very many files is harvested as one of few is', async () => {
    const paths = Array.from({ length: 400 }, (_, at) => `many/${String(at).padStart(3, '0')}`);
    for (const path of paths) await put(folder(), path);
    const change = await forge().harvest(repository(), tree());
    expect(change.files.map(({ path }) => path)).toEqual(paths);
  });

  test('files ignored by the base and installed packages are no part of a change, whatever the tree says', async () => {
    await writeFile(join(folder(), '.gitignore'), '*.js\n');
    for (const path of ['dist/out.js', 'debug.log', 'node_modules/m/index.js', 'new.js']) await put(folder(), path);
    const change = await forge().harvest(repository(), tree());
    expect(change.files.map((file) => file.path)).toEqual(['.gitignore', 'new.js']);
  });

  test('a file that became a folder and a folder that became a link are harvested', async () => {
    await rm(join(folder(), 'package.json'));
    await put(folder(), 'package.json/inner');
    await rm(join(folder(), 'src'), { recursive: true });
    await symlink('/etc', join(folder(), 'src'));
    const change = await forge().harvest(repository(), tree());
    expect(change.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'deleted package.json',
      'added package.json/inner',
      'added src',
      'deleted src/a.js',
      'deleted src/ü b.js',
    ]);
  });

  test('a filtered patch holds only the paths kept', async () => {
    await writeFile(join(folder(), 'src/a.js'), 'new\n');
    await writeFile(join(folder(), 'x.test.js'), 'new\n');
    const change = await forge().harvest(repository(), tree());
    const part = await forge().filter(repository(), change.patch, (path) => !path.includes('.test.'));
    expect(part.files).toEqual([{ path: 'src/a.js', status: 'modified', added: 1, removed: 3 }]);
    expect(part.patch).not.toContain('x.test.js');
    expect(await forge().filter(repository(), change.patch, () => false)).toEqual({ patch: '', files: [] });
    expect(await forge().filter(repository(), change.patch, () => true)).toEqual(change);
    expect(await forge().filter(repository(), '', () => true)).toEqual({ patch: '', files: [] });
  });

  test('a patch that does not apply, or leaves the folder, changes nothing', async () => {
    await symlink('/tmp', join(folder(), 'out'));
    for (const path of ['../escape', 'out/escape', '.git/config2']) {
      const patch = `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`;
      const both = `diff --git a/ok b/ok\nnew file mode 100644\n--- /dev/null\n+++ b/ok\n@@ -0,0 +1 @@\n+x\n${patch}`;
      await expect(forge().apply(repository(), both, tree()), path).rejects.toMatchObject({ code: 'git-failed' });
    }
    const stale = 'diff --git a/src/a.js b/src/a.js\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1,3 +1,3 @@\n-other\n+new\n two\n three\n';
    await expect(forge().apply(repository(), stale, tree())).rejects.toMatchObject({ code: 'git-failed' });
    expect(await readdir(folder())).not.toContain('ok');
    expect(await forge().apply(repository(), '', tree())).toEqual([]);
  });
}

async function put(folder: string, path: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), 'x\n');
}
