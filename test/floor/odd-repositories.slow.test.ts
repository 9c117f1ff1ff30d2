import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../kit/evidence/index.ts';
import { commitFiles, git, makeRepository } from '../../kit/forge/index.ts';
import type { Command, Workspace } from '../../src/core/ports/floor.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { sandboxFloor } from '../../src/plant/floor/index.ts';
import { floorsToEscape, type EscapeFloor } from './escape-floors.ts';

let place: EscapeFloor;
beforeAll(async () => {
  place = await floorsToEscape.sandbox();
});
afterAll(() => place.close());

const sh = (script: string): Command => ({ argv: ['sh', '-c', script], cwd: '', timeoutMs: 120_000, network: 'none' });

/** Opens a workspace over the base of a repository, and gives it to `use`. */
async function over<T>(path: string, use: (workspace: Workspace, harvest: () => Promise<readonly string[]>) => Promise<T>): Promise<T> {
  const { floor, forge } = place;
  const repository = await forge.open(path);
  const base = await floor.prepare({ key: sha256(randomUUID()), source: forge.source(repository), setup: [] });
  const workspace = await floor.open(`odd/${randomUUID().slice(0, 8)}`, { base });
  try {
    return await use(workspace, async () => (await forge.harvest(repository, workspace)).files.map((file) => file.path));
  } finally {
    await workspace.destroy();
  }
}

async function out(workspace: Workspace, script: string): Promise<string> {
  const { exit, stdout, stderr } = await workspace.spawn(sh(script));
  expect(exit, stderr).toEqual({ kind: 'exited', code: 0 });
  return stdout.trim();
}

describe('odd repositories', () => {
  test('submodules are empty folders that are no part of a change', async () => {
    const inner = await makeRepository({ 'inner.txt': 'x\n' }, { folder: join(place.folder, 'inner') });
    const outer = await makeRepository({ 'a.txt': 'one\n' }, { folder: join(place.folder, 'outer') });
    await git(outer.path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'vendor');
    await commitFiles(outer.path, { 'b.txt': 'two\n' }, 'with a submodule');
    await over(outer.path, async (workspace, harvest) => {
      expect(await out(workspace, 'ls -A vendor | wc -l; git status --porcelain')).toBe('0');
      await workspace.files.write('vendor/put', 'x');
      await workspace.files.write('a.txt', 'changed\n');
      expect(await harvest()).toEqual(['a.txt']);
    });
  });

  test('pointers of Git LFS stay as they were committed, and no filter is run', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    const target = await makeRepository(
      { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'big.bin': pointer },
      { folder: join(place.folder, 'lfs') },
    );
    await over(target.path, async (workspace, harvest) => {
      expect(await workspace.files.read('big.bin')).toBe(pointer);
      await workspace.files.write('big.bin', `${pointer}x`);
      expect(await harvest()).toEqual(['big.bin']);
    });
  });

  test('links out of the tree are links, which neither the factory nor a command follows out', async () => {
    const target = await makeRepository({ 'a.txt': 'one\n' }, { folder: join(place.folder, 'links') });
    await symlink(place.folder, join(target.path, 'out'));
    await symlink('/etc/shadow', join(target.path, 'shadow'));
    await commitFiles(target.path, { 'b.txt': 'two\n' }, 'with links');
    await over(target.path, async (workspace, harvest) => {
      await expect(workspace.files.read('out/target/a.txt')).rejects.toMatchObject({ code: 'workspace-failed' });
      await expect(workspace.files.write('out/planted', 'x')).rejects.toMatchObject({ code: 'workspace-failed' });
      for (const link of ['shadow', 'out/target/a.txt']) {
        const read = await workspace.spawn(sh(`cat ${link}`));
        expect(read).toMatchObject({ exit: { kind: 'exited', code: 1 }, stdout: '' });
        expect(read.stderr).toMatch(/No such file|not permitted|denied/);
      }
      expect(await out(workspace, 'readlink shadow')).toBe('/etc/shadow');
      expect(await harvest()).toEqual([]);
    });
  });

  test('names that clash where case does not count, and names of any script, come through', async () => {
    const files = { 'README.md': 'one\n', 'readme.md': 'two\n', 'ü/ß b.txt': 'three\n', '-rf': 'four\n', 'a\tb': 'five\n' };
    const target = await makeRepository(files, { folder: join(place.folder, 'case') });
    await over(target.path, async (workspace, harvest) => {
      expect(await out(workspace, 'cat README.md readme.md "ü/ß b.txt" ./-rf "$(printf "a\\tb")"; git status --porcelain')).toBe(
        'one\ntwo\nthree\nfour\nfive',
      );
      await workspace.files.write('readme.md', 'changed\n');
      expect(await harvest()).toEqual(['readme.md']);
    });
  });

  test('what is not committed at its source is not there', async () => {
    const target = await makeRepository({ 'a.txt': 'one\n' }, { folder: join(place.folder, 'dirty') });
    await writeFile(join(target.path, 'a.txt'), 'dirty\n');
    await writeFile(join(target.path, 'new.txt'), 'dirty\n');
    await over(target.path, async (workspace) => {
      expect(await workspace.files.read('a.txt')).toBe('one\n');
      expect(await workspace.files.read('new.txt')).toBeNull();
    });
  });

  test('of many thousand files a change of one is found, and another workspace is there at once', async () => {
    const path = join(place.folder, 'many');
    await mkdir(path);
    const make =
      'git init -q . && for d in $(seq 200); do mkdir d$d; for f in $(seq 100); do echo $d $f > d$d/f$f; done; done; git add . && git -c user.name=a -c user.email=a@b commit -q -m many';
    await promisify(execFile)('sh', ['-c', make], { cwd: path });
    await over(path, async (workspace, harvest) => {
      expect(await out(workspace, 'find . -name "f*" -not -path "./.git/*" | wc -l; git status --porcelain')).toBe('20000');
      await workspace.files.write('d7/f7', 'changed\n');
      expect(await harvest()).toEqual(['d7/f7']);
    });
  });
});

describe.runIf(process.getuid?.() === 0)('a full disk', () => {
  test('fails what needs room with a word of it, leaves nothing half-made, and goes on when there is room again', async () => {
    const { forge } = place;
    const small = join(place.folder, 'small');
    await mkdir(small);
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0711', 'tmpfs', small]);
    try {
      const target = await makeRepository({ 'a.txt': 'one\n' }, { folder: join(place.folder, 'room') });
      const repository = await forge.open(target.path);
      const ground = { root: join(small, 'work'), clock: systemClock(), env: process.env, log: () => undefined };
      const floor = sandboxFloor({ ...ground, egress: { serve: () => Promise.reject(new Error('there is no way out')) } });
      await floor.probe();
      const filler = join(small, 'filler');
      const filling = promisify(execFile)('sh', ['-c', 'cat /dev/zero > "$1"', 'sh', filler]);
      await expect(filling).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('No space left') });
      const order = { key: sha256('full'), source: forge.source(repository), setup: [] };
      await expect(floor.prepare(order)).rejects.toMatchObject({ code: 'disk-full', mend: expect.stringMatching(/space/) });
      expect(await floor.list()).toEqual([]);
      await writeFile(filler, '');
      await expect(floor.prepare(order)).resolves.toMatchObject({ key: order.key });
    } finally {
      await promisify(execFile)('umount', ['-l', small]);
    }
  });
});
