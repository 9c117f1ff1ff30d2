import type { Forge } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { applyPatch, filterPatch } from './patch.ts';
import { attachRecord } from './attach.ts';
import { checkOut } from './checkout.ts';
import { splitNul } from './difference.ts';
import { gitFailed } from './git.ts';
import { harvestFolder } from './harvest.ts';
import { ensureBase, inside } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { openRepository } from './open.ts';
import { prepareGit } from './prepare-git.ts';
import type { HostEnvironment } from './prepare-git.ts';
import { publishChange } from './publish.ts';
import { targetCommit } from './target.ts';

export interface GitForgeOptions {
  /** Folder for mirrors and for what targets refused. Made where it is missing. */
  readonly root: string;
  /** Environment of the factory's own process: PATH and how to reach and trust others are read from it. */
  readonly env: HostEnvironment;
  readonly log: (message: string) => void;
}

/**
 * The forge over plain git: targets are folders of this machine or URLs, results are branches and refs in them.
 *
 * @example
 * const forge = gitForge({ root: '/home/ada/.jidoka/forge', env: process.env, log: console.error });
 * const repository = await forge.open('/home/ada/project');
 */
export function gitForge(options: GitForgeOptions): Forge {
  let once: Promise<Ground> | null = null;
  const ground = (): Promise<Ground> => {
    once ??= prepare(options).catch((error: unknown) => {
      once = null;
      throw error;
    });
    return once;
  };
  return {
    open: async (location) => openRepository(await ground(), location),
    read: async (repository, path) => readFile(await ground(), repository, path),
    list: async (repository) => listFiles(await ground(), repository),
    checkout: async (repository, into) => checkOut(await ground(), repository, into),
    harvest: async (repository, from) => harvestFolder(await ground(), repository, from),
    apply: async (repository, patch, into) => applyPatch({ ground: await ground(), repository }, patch, into),
    filter: async (repository, patch, keep) => filterPatch({ ground: await ground(), repository }, patch, keep),
    publish: async (repository, change) => publishChange(await ground(), repository, change),
    attach: async (repository, record) => attachRecord(await ground(), repository, record),
    resolve: async (repository, ref) => targetCommit(await ground(), repository, ref),
  };
}

async function prepare(options: GitForgeOptions): Promise<Ground> {
  const git = await prepareGit(options.root, options.env);
  return { git, root: options.root, credentials: new Map(), seen: new Set(), log: options.log };
}

async function readFile(ground: Ground, repository: RepositorySnapshot, path: string): Promise<string | null> {
  const mirror = await ensureBase(ground, repository);
  const found = await ground.git.run(['cat-file', 'blob', `${repository.baseCommit}:${path}`], inside(mirror));
  if (found.code === 0) return found.stdout.toString('utf8');
  if (/does not exist in|exists on disk, but not in|bad file|not a valid object/i.test(found.stderr)) return null;
  throw gitFailed(['cat-file'], found);
}

async function listFiles(ground: Ground, repository: RepositorySnapshot): Promise<readonly string[]> {
  const mirror = await ensureBase(ground, repository);
  const lines = splitNul(await ground.git.must(['ls-tree', '-r', '-z', repository.baseCommit], inside(mirror)));
  return lines.filter((line) => line.split(' ')[1] === 'blob').map((line) => line.slice(line.indexOf('\t') + 1));
}
