import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRepository, type MadeRepository } from '../../../../kit/forge/index.ts';
import { type Git, type GitOptions } from './git.ts';
import { prepareGit } from './prepare-git.ts';
import { blobReader, type BlobReader } from './read-blobs.ts';

const many = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`src/file-${at}.js`, `${at}\n`.repeat(at)]));
const odd = { 'two\nlines.txt': 'a name of two lines', 'empty.txt': '', 'ends without a line': 'x', 'ä b.txt': 'ü' };

let root = '';
let repository: MadeRepository;
let git: Git;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
  repository = await makeRepository({ ...many, ...odd });
  git = await prepareGit(root, process.env);
});
afterAll(async () => {
  await repository.remove();
  await rm(root, { recursive: true });
});

/** A reader, and the commands that it gives. */
function counted(): { readonly reader: BlobReader; readonly commands: readonly string[] } {
  const commands: string[] = [];
  const note = (args: readonly string[]): readonly string[] => {
    commands.push(args.slice(0, 2).join(' '));
    return args;
  };
  const must = (args: readonly string[], options?: GitOptions) => git.must(note(args), options);
  const run = (args: readonly string[], options?: GitOptions) => git.run(note(args), options);
  return { reader: blobReader({ must, run }, (mirror) => ({ env: { GIT_DIR: join(mirror, '.git') } })), commands };
}

const head = (): Promise<string> => git.must(['rev-parse', 'HEAD'], { cwd: repository.path }).then((out) => out.toString('utf8').trim());

it('files that are asked for at once come as they are, by a few processes', async () => {
  const { reader, commands } = counted();
  const commit = await head();
  const files = Object.entries({ ...many, ...odd });
  const read = await Promise.all(files.map(([path]) => reader.read(repository.path, commit, path)));
  expect(read.map((bytes) => bytes?.toString('utf8'))).toEqual(files.map(([, text]) => text));
  // The name of two lines is asked for alone.
  expect(commands.toSorted()).toEqual(['cat-file --batch', 'cat-file --batch', 'cat-file blob']);
});

it('what was read of a commit is not read again, nor is what it does not have', async () => {
  const { reader, commands } = counted();
  const commit = await head();
  const paths = ['src/file-3.js', 'missing.txt', 'empty.txt'];
  const read = async (): Promise<readonly (string | null)[]> =>
    (await Promise.all(paths.map((path) => reader.read(repository.path, commit, path)))).map((bytes) => bytes?.toString('utf8') ?? null);
  expect(await read()).toEqual([many['src/file-3.js'], null, '']);
  expect(await read()).toEqual([many['src/file-3.js'], null, '']);
  expect(commands).toEqual(['cat-file --batch']);
});

it('a large file is read again, and pushes out no other', async () => {
  const large = await makeRepository({ 'large.txt': 'x'.repeat(5 * 1024 * 1024), 'small.txt': 'small' });
  const { reader, commands } = counted();
  const commit = (await git.must(['rev-parse', 'HEAD'], { cwd: large.path })).toString('utf8').trim();
  const sizes: (number | undefined)[] = [];
  for (const path of ['small.txt', 'large.txt', 'large.txt', 'small.txt'])
    sizes.push((await reader.read(large.path, commit, path))?.length);
  await large.remove();
  expect(sizes).toEqual([5, 5 * 1024 * 1024, 5 * 1024 * 1024, 5]);
  expect(commands).toHaveLength(3);
});

it('what is no file is none, and takes nothing from its neighbours', async () => {
  const { reader } = counted();
  const commit = await head();
  const paths = ['src', 'missing.txt', 'empty.txt', 'src/file-3.js', 'no\nsuch', ''];
  const read = await Promise.all(paths.map((path) => reader.read(repository.path, commit, path)));
  expect(read.map((bytes) => bytes?.toString('utf8') ?? null)).toEqual([null, null, '', many['src/file-3.js'], null, null]);
});

it('a repository that is none fails with the words of git', async () => {
  const { reader } = counted();
  await expect(reader.read(root, 'a'.repeat(40), 'x')).rejects.toThrow(/git cat-file failed/);
});
