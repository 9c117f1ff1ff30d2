import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { benches, type EgressUnderTest, type EgressWorld } from './bench.ts';
import { runGit, type GitRan, type JobRepository } from './job-repositories.ts';
import { portToSocket, type PortToSocket } from './port-to-socket.ts';

/**
 * What every egress promises to git itself: clones, commits and pushes by the git of this machine, through a port as
 * commands have one.
 */
export function gitClientContract(name: string, make: (world: EgressWorld) => Promise<EgressUnderTest>): void {
  describe(`egress and git: ${name}`, () => {
    const bench = benches(make);
    let way: PortToSocket;
    let url: string;
    let repository: JobRepository;
    let clone: string;
    beforeEach(async () => {
      const { world, socket, gate, folder } = bench();
      repository = await world.git.make('one');
      way = await portToSocket(socket);
      url = gate.environment(way.port)['JIDOKA_GIT_URL'] ?? '';
      clone = join(folder, 'clone');
    });
    afterEach(() => way.close());

    const git = (...args: string[]): Promise<GitRan> => runGit(clone, args);
    const outside = async (...args: string[]): Promise<string> => (await runGit(repository.gitDir, args)).stdout;
    const cloned = async (): Promise<void> => {
      expect(await runGit(bench().folder, ['clone', '--quiet', url, clone])).toMatchObject({ code: 0, stderr: '' });
    };
    const committed = async (text: string): Promise<string> => {
      await writeFile(join(clone, 'work.txt'), text);
      await git('add', '.');
      expect(await git('commit', '--quiet', '--message', 'work')).toMatchObject({ code: 0 });
      return (await git('rev-parse', 'HEAD')).stdout;
    };

    test('clones the base alone, commits on it, and pushes to the refs of the job', async () => {
      await cloned();
      expect((await git('rev-list', '--count', '--all')).stdout).toBe('1');
      const commit = await committed('one');
      expect(await git('push', 'origin', 'HEAD:refs/jidoka/one/work', 'HEAD:refs/jidoka/one/deep/er')).toMatchObject({ code: 0 });
      expect(await outside('rev-parse', 'refs/jidoka/one/work', 'refs/jidoka/one/deep/er')).toBe(`${commit}\n${commit}`);
      expect(await outside('show', 'refs/jidoka/one/work:work.txt')).toBe('one');
      const next = await committed('two');
      expect(await git('push', 'origin', 'HEAD:refs/jidoka/one/work')).toMatchObject({ code: 0 });
      expect(await git('fetch', 'origin', 'refs/jidoka/one/work')).toMatchObject({ code: 0 });
      expect((await git('rev-parse', 'FETCH_HEAD')).stdout).toBe(next);
      expect(bench().refusals).toEqual([]);
    });

    test('may turn its own refs back and take them away', async () => {
      await cloned();
      await committed('one');
      await git('push', 'origin', 'HEAD:refs/jidoka/one/work');
      await git('commit', '--amend', '--quiet', '--message', 'anew');
      expect(await git('push', 'origin', 'HEAD:refs/jidoka/one/work')).toMatchObject({ code: 1 });
      expect(await git('push', '--force', 'origin', 'HEAD:refs/jidoka/one/work')).toMatchObject({ code: 0 });
      expect(await git('push', 'origin', ':refs/jidoka/one/work')).toMatchObject({ code: 0 });
      expect(await outside('for-each-ref', 'refs/jidoka')).toBe('');
    });

    test.each([
      ['main', 'HEAD:refs/heads/main'],
      ['main by force', '+HEAD~0:refs/heads/main'],
      ['another branch', 'HEAD:refs/heads/feature'],
      ['a tag', 'HEAD:refs/tags/v1'],
      ['a ref of another job', 'HEAD:refs/jidoka/two/work'],
      ['a ref of another job by force', '+HEAD:refs/jidoka/two/theirs'],
      ['nothing, in place of main', ':refs/heads/main'],
      ['nothing, in place of a ref of another job', ':refs/jidoka/two/theirs'],
      ['notes', 'HEAD:refs/notes/commits'],
    ])('is refused a push to %s, with the reason', async (_what, spec) => {
      await runGit(repository.gitDir, ['update-ref', 'refs/jidoka/two/theirs', repository.commit]);
      const before = await outside('for-each-ref');
      await cloned();
      await committed('mine');
      const { code, stderr } = await git('push', 'origin', spec);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/only refs below refs\/jidoka\/one\/ may be pushed|remote ref does not exist/);
      expect(await outside('for-each-ref')).toBe(before);
    });

    test('is refused a tag that goes with a push of its own, and both stay out', async () => {
      await cloned();
      await committed('one');
      await git('tag', '--annotate', '--message', 'v1', 'v1');
      const { code, stderr } = await git('push', '--tags', 'origin', 'HEAD:refs/jidoka/one/work');
      expect([code, stderr]).toEqual([1, expect.stringContaining('refs/tags/v1')]);
      expect(await outside('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    });

    test.each([
      ['.git', [entry('100644', '.git')]],
      ['.GIT', [entry('100644', '.GIT')]],
      ['a folder .git', [entry('40000', '.git')]],
      ['..', [entry('40000', '..')]],
      ['.', [entry('40000', '.')]],
      ['a path', [entry('100644', 'a/b')]],
      ['one name twice', [entry('100644', 'a'), entry('100644', 'a')]],
      ['a link .gitmodules', [entry('120000', '.gitmodules')]],
    ])('is refused an object that no git would make: a tree with %s', async (_what, entries) => {
      await cloned();
      const blob = (await runGit(clone, ['hash-object', '-w', '--stdin'], 'elsewhere')).stdout;
      const subtree = (await runGit(clone, ['mktree'], `100644 blob ${blob}\tfile\n`)).stdout;
      const tree = await writeTree(
        clone,
        entries.map(({ mode, name: at }) => ({ mode, name: at, oid: mode === '40000' ? subtree : blob })),
      );
      const commit = (await git('commit-tree', '-p', 'HEAD', '-m', 'evil', tree)).stdout;
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
      const { code, stderr } = await git('push', 'origin', `${commit}:refs/jidoka/one/evil`);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/unpack|fsck|rejected/)]);
      expect(await outside('for-each-ref', 'refs/jidoka')).toBe('');
      expect((await runGit(repository.gitDir, ['cat-file', '-e', commit])).code).not.toBe(0);
    });

    test('gets no more history, however it asks', async () => {
      await cloned();
      expect((await git('rev-parse', '--is-shallow-repository')).stdout).toBe('true');
      for (const how of [['--depth=1'], ['--depth=50'], ['--deepen=5'], ['--shallow-since=2001-01-01']])
        await git('fetch', ...how, 'origin', 'main');
      await git('fetch', '--unshallow', 'origin', 'main');
      const parent = (await runGit(bench().world.git.source, ['rev-parse', 'main~1'])).stdout;
      expect((await git('fetch', 'origin', parent)).code).not.toBe(0);
      expect((await git('rev-list', '--count', '--all')).stdout).toBe('1');
    });

    test('fetches one commit deep', async () => {
      await cloned();
      await committed('one');
      await committed('two');
      await git('push', 'origin', 'HEAD:refs/jidoka/one/work');
      await runGit(bench().folder, ['init', '--quiet', 'again']);
      const again = join(bench().folder, 'again');
      expect(await runGit(again, ['fetch', '--quiet', '--depth=1', url, 'refs/jidoka/one/work'])).toMatchObject({ code: 0 });
      expect((await runGit(again, ['rev-list', '--count', 'FETCH_HEAD'])).stdout).toBe('1');
    });

    test('pushes more than it says in one piece, and by the first version of the protocol', async () => {
      await cloned();
      const noise = Array.from({ length: 100_000 }, (_none, at) => createHash('sha256').update(String(at)).digest('hex')).join('\n');
      await committed(noise);
      expect(await git('push', 'origin', 'HEAD:refs/jidoka/one/big')).toMatchObject({ code: 0 });
      expect(await git('-c', 'protocol.version=0', 'fetch', 'origin', 'refs/jidoka/one/big')).toMatchObject({ code: 0 });
      expect(await outside('cat-file', '-s', 'refs/jidoka/one/big:work.txt')).toBe(String(noise.length));
      expect(bench().refusals).toEqual([]);
    });

    test('sets off no program of the repository', async () => {
      const trap = join(bench().folder, 'sprung');
      const hooks = join(repository.gitDir, 'hooks');
      await mkdir(hooks, { recursive: true });
      const all = ['pre-receive', 'update', 'post-receive', 'post-update', 'reference-transaction', 'proc-receive', 'pack'];
      for (const hook of all) {
        await writeFile(join(hooks, hook), `#!/bin/sh\ntouch ${trap}-${hook}\n`);
        await chmod(join(hooks, hook), 0o755);
      }
      await runGit(repository.gitDir, ['config', 'core.hooksPath', hooks]);
      await runGit(repository.gitDir, ['config', 'core.fsmonitor', join(hooks, 'update')]);
      await runGit(repository.gitDir, ['config', 'uploadpack.packObjectsHook', join(hooks, 'pack')]);
      await cloned();
      await committed('one');
      expect(await git('push', 'origin', 'HEAD:refs/jidoka/one/work')).toMatchObject({ code: 0 });
      const sprung = async (): Promise<string[]> => (await readdir(bench().folder)).filter((file) => file.startsWith('sprung'));
      expect(await sprung()).toEqual([]);
      await outside('update-ref', 'refs/heads/loose', repository.commit);
      expect(await sprung()).toEqual(['sprung-reference-transaction']);
    });

    test('that hangs up in the middle of a push leaves nothing behind', async () => {
      const { socket, gate } = bench();
      const list = `${'0'.repeat(40)} ${'1'.repeat(40)} refs/jidoka/one/x\0 report-status`;
      const begun = `${(list.length + 4).toString(16).padStart(4, '0')}${list}0000PACK\0\0\0\u0002\0\0\0\u0009`;
      const head = 'POST /git/one/git-receive-pack HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n\r\n';
      const objects = async (): Promise<string[]> =>
        (await readdir(join(repository.gitDir, 'objects'))).filter((at) => at.startsWith('tmp_'));
      const connection = connect(socket);
      connection.write(`${head}${begun}`);
      await expect.poll(objects, { timeout: 10_000 }).toHaveLength(1);
      connection.destroy();
      await gate.close();
      expect(await objects()).toEqual([]);
    });
  });
}

interface Entry {
  readonly mode: string;
  readonly name: string;
}

function entry(mode: string, name: string): Entry {
  return { mode, name };
}

/** Writes a tree that git's own programs would not write. */
async function writeTree(repository: string, entries: readonly (Entry & { readonly oid: string })[]): Promise<string> {
  const bytes = Buffer.concat(entries.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]));
  const file = join(repository, '.git', 'tree');
  await writeFile(file, bytes);
  return (await runGit(repository, ['hash-object', '-t', 'tree', '--literally', '-w', file])).stdout;
}
