import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git, makeRepository, type MadeRepository } from '../../../../kit/forge/index.ts';
import type { Forge } from '../../../core/ports/forge.ts';
import { withFileLock } from '../../postgres/index.ts';
import { gitForge } from '../index.ts';

let root: string;
let forge: Forge;
let target: MadeRepository;
let head: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-compare-'));
  forge = gitForge({ root: join(root, 'forge'), env: process.env, lock: withFileLock, log: () => undefined });
  target = await makeRepository({ 'a.txt': 'one\n' });
  const { path } = target;
  await git(path, 'checkout', '--quiet', '-b', 'feature');
  head = await commitFiles(path, { 'b.txt': 'two\n' }, 'second');
  await git(path, 'tag', '--annotate', '--message', 'v2', 'v2');
  await git(path, 'update-ref', 'refs/pull/12/head', head);
  await git(path, 'checkout', '--quiet', 'main');
  await commitFiles(path, { 'c.txt': 'three\n' }, 'third');
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
  await target.remove();
});

const compare = (name: string, base: string | null = null, location = target.path) =>
  forge.history.compare(location, { heads: [name], base });

describe('two commits of a target', () => {
  it('part where the head began, and differ by what the head has since', async () => {
    const { repository, head: side, base } = await compare('feature');
    expect({ repository, side, base }).toMatchObject({
      repository: { baseCommit: target.commit, branch: null },
      side: { ref: 'feature', commit: head },
      base: { ref: 'main' },
    });
    expect(await forge.harvest(repository, { commit: head })).toMatchObject({ files: [{ path: 'b.txt', status: 'added', added: 1 }] });
    expect(await forge.read({ ...repository, baseCommit: head }, 'b.txt')).toBe('two\n');
    expect(await forge.read(repository, 'b.txt')).toBeNull();
  });

  it('are found by tag, by commit and by full ref, and the first head that is there counts', async () => {
    for (const name of ['v2', head, head.slice(0, 10), 'refs/heads/feature', 'refs/pull/12/head'])
      expect((await compare(name)).head.commit, name).toBe(head);
    const asked = { heads: ['refs/pull/12/head', 'refs/merge-requests/12/head'], base: 'main' };
    expect((await forge.history.compare(target.path, asked)).head.ref).toBe('refs/pull/12/head');
  });

  it('have no difference where the base has all of the head', async () => {
    const { repository, head: side } = await compare(target.commit);
    expect(await forge.harvest(repository, { commit: side.commit })).toEqual({ patch: '', files: [] });
  });

  it.each(['nope', 'feature^{tree}', '--all', '', 'main..feature'])('that are not there are said: "%s"', async (name) => {
    await expect(compare(name)).rejects.toMatchObject({ code: 'ref-unknown', mend: expect.stringContaining('git branch --all') });
    await expect(compare('feature', name)).rejects.toMatchObject({ code: 'ref-unknown' });
  });

  it('of a pull request that nobody fetched are said with the command that does', async () => {
    await expect(compare('refs/pull/9/head')).rejects.toMatchObject({ mend: expect.stringContaining('git fetch origin refs/pull/9/head') });
  });

  it('without a common commit are refused; in a shallow clone with the way to get the rest', async () => {
    const { path } = target;
    await git(path, 'checkout', '--quiet', '--orphan', 'apart');
    await commitFiles(path, { 'd.txt': 'four\n' }, 'apart');
    await git(path, 'checkout', '--quiet', 'main');
    await expect(compare('apart')).rejects.toMatchObject({ code: 'histories-apart', mend: expect.stringContaining('--base') });
    const clone = join(root, 'shallow');
    await git(root, 'clone', '--quiet', '--depth=1', '--no-single-branch', `file://${path}`, clone);
    await expect(compare('origin/feature', 'origin/main', clone)).rejects.toMatchObject({
      code: 'histories-apart',
      mend: expect.stringContaining('--unshallow'),
    });
  });
});
