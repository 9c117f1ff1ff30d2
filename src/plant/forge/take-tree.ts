import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitTree } from '../../core/ports/git.ts';
import type { Conversation } from '../../core/ports/process.ts';
import { asInput } from './base-files.ts';
import type { BaseFiles } from './base-files.ts';
import { gitFailed } from './git/git.ts';
import { harvestScript, runInside, wentWell } from './git/inside.ts';
import { talk } from './git/talk.ts';
import { objectFormat } from './mirror.ts';
import type { Ground } from './mirror.ts';
import type { Scratch } from './scratch.ts';

/** What of a tree is taken up. */
export interface Selection {
  readonly present: readonly string[];
  /** Paths of the base that are there no more. */
  readonly gone: readonly string[];
  /** Commits of other repositories, as an index takes them. */
  readonly submodules: readonly string[];
}

/** What came over the wire, as commits in the scratch store. */
export interface Taken {
  readonly tree: string;
  /** What the setup of the base left; null where there was none. */
  readonly setup: string | null;
}

interface Taking {
  readonly ground: Ground;
  readonly scratch: Scratch;
  readonly base: BaseFiles;
  readonly commit: string;
}

/**
 * What comes is checked object by object, and kept as one pack, without a lock that would name it: git 2.39, for one, checks a pack of
 * 100 objects and more in a way that ends in a segmentation fault where there is such a lock.
 */
const takingArgs = ['-c', 'fetch.fsckObjects=true', '-c', 'fetch.unpackLimit=0', '-c', 'protocol.version=0'].concat(
  'fetch-pack',
  '--keep',
  '--quiet',
  '--no-progress',
);

/** Most that the list of a tree's files may take, in bytes. */
const longestList = 64 * 1024 * 1024;

/**
 * Takes a tree's objects into the scratch store. What both sides have is told by a commit of the base's tree that comes
 * out the same on both, so that nobody needs the history of the other.
 */
export async function takeTree(
  { ground, scratch, base, commit }: Taking,
  tree: GitTree,
  select: (here: readonly string[]) => Promise<Selection>,
): Promise<Taken> {
  const format = objectFormat(commit);
  const receiver = scratch.options({ GIT_DIR: await makeReceiver(scratch, { format, common: await base.common() }) });
  const peer = await runInside(tree, harvestScript, [format, tree.base ?? '']);
  try {
    const { list, rest } = await listOf(peer);
    await giveLists(peer, await select(list));
    return takenOf(
      await talk(ground, rest, {
        args: takingArgs,
        peerOption: '--upload-pack',
        env: receiver.env,
        refs: ['refs/heads/harvest', 'refs/heads/setup'],
      }),
    );
  } catch (error) {
    peer.end();
    // What went wrong inside tells more than what git of this side made of it.
    wentWell('harvesting a workspace', await peer.result);
    throw error;
  }
}

/** The list of files, each ended by NUL and the list by another, and the conversation from there on. */
async function listOf(peer: Conversation): Promise<{ readonly list: readonly string[]; readonly rest: Conversation }> {
  const pieces = peer.output[Symbol.asyncIterator]();
  const heard: Uint8Array[] = [];
  let bytes = 0;
  // As if a name had ended: a list of nothing is ended by its first NUL.
  let last: Uint8Array = Buffer.alloc(1);
  for (let piece = await pieces.next(); piece.done !== true && bytes <= longestList; piece = await pieces.next()) {
    // Only the end of what came before is looked at again, however small the pieces.
    const joined = Buffer.concat([last, piece.value]);
    const end = joined.indexOf('\0\0');
    if (end >= 0) {
      const list = Buffer.concat([...heard, joined.subarray(1, Math.max(1, end))])
        .toString('utf8')
        .split('\0');
      return {
        list: list.filter((path) => path !== '').map((path) => path.replace(/^\.\//, '')),
        rest: { ...peer, output: from(joined.subarray(end + 2), pieces) },
      };
    }
    heard.push(piece.value);
    bytes += piece.value.length;
    last = joined.subarray(-1);
  }
  throw new Error('The list of files of the workspace has no end.');
}

async function* from(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) yield piece.value;
}

async function giveLists(peer: Conversation, { submodules, gone, present }: Selection): Promise<void> {
  const lists = [submodules, gone, present].map((list) => Buffer.from(asInput(list)));
  await peer.write(Buffer.from(`${lists.map((list) => list.length).join(' ')}\n`));
  for (const list of lists) if (list.length > 0) await peer.write(list);
}

/**
 * Commits stand for their trees: those of harvests are made with the same words, so that equal trees have equal commits; that
 * of a setup has words of its own, and where there was no setup the harvest stands in its place.
 */
function takenOf(said: string): Taken {
  const commitOf = (ref: string): string | undefined => new RegExp(`^([0-9a-f]{40,64}) refs/heads/${ref}$`, 'm').exec(said)?.[1];
  const tree = commitOf('harvest');
  if (tree === undefined) throw gitFailed(['fetch-pack'], { code: 0, stdout: Buffer.alloc(0), stderr: `it took nothing: ${said}` });
  return { tree, setup: commitOf('setup') ?? null };
}

/** Refs of its own for what is received, and the one commit that both have; its objects are those of the scratch. */
async function makeReceiver(
  scratch: Scratch,
  { format, common }: { readonly format: 'sha1' | 'sha256'; readonly common: string },
): Promise<string> {
  const folder = join(scratch.folder, randomUUID());
  for (const path of ['objects', 'refs/heads']) await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/base\n');
  await writeFile(join(folder, 'refs/heads/base'), `${common}\n`);
  const extension = format === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${format}\n`;
  await writeFile(join(folder, 'config'), `[core]\n\trepositoryformatversion = ${format === 'sha1' ? 0 : 1}\n\tbare = true\n${extension}`);
  return folder;
}
