import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import type { Lending } from '../../core/ports/egress.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { applyPatch, filterPatch } from './patch.ts';
import { attachRecord, findRecord } from './attach.ts';
import { baseFiles } from './base-files.ts';
import { fillTree, settleTree } from './checkout.ts';
import { compareCommits } from './history/compare.ts';
import { forgeFault } from './git/git.ts';
import { harvestCommit, harvestTree } from './harvest.ts';
import { findAncestor } from './history/find-ancestor.ts';
import type { HostLock } from './host-lock.ts';
import { lendRepository, lentRepository, takeBack } from './lend.ts';
import { ensureBase, inside } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { openRepository } from './open.ts';
import { prepareGit } from './git/prepare-git.ts';
import type { HostEnvironment } from './git/prepare-git.ts';
import { blobReader } from './git/read-blobs.ts';
import { findChange, publishChange } from './publish.ts';
import { targetCommit } from './target.ts';

export interface GitForgeOptions {
  /** Folder for mirrors and for what targets refused. Made where it is missing. */
  readonly root: string;
  /** Environment of the factory's own process: PATH and how to reach and trust others are read from it. */
  readonly env: HostEnvironment;
  /** Lets one process at a time into a mirror. */
  readonly lock: HostLock;
  readonly log: (message: string) => void;
}

/**
 * The forge over plain git: targets are folders of this machine or URLs, results are branches and refs in them.
 *
 * @example
 * const forge = gitForge({ root: '/home/ada/.jidoka/forge', env: process.env, lock: withFileLock, log: console.error });
 * const repository = await forge.open('/home/ada/project');
 */
export function gitForge(options: GitForgeOptions): Forge & Lending {
  const ground = onceUnlessFailed(() => prepare(options));
  const withGround = async <T>(work: (ready: Ground) => Promise<T>): Promise<T> => {
    try {
      return await work(await ground());
    } catch (error) {
      throw forgeFault(error);
    }
  };
  return {
    open: (location) => withGround((ready) => openRepository(ready, location)),
    read: (repository, path) => withGround((ready) => readFile(ready, repository, path)),
    list: (repository) => withGround((ready) => listFiles(ready, repository)),
    source: (repository) => ({
      commit: repository.baseCommit,
      plant: (tree) => withGround((ready) => fillTree(ready, repository, tree)),
      settle: (tree) => settleTree(tree),
    }),
    harvest: (repository, from) =>
      'commit' in from
        ? withGround((ready) => harvestCommit(ready, repository, from.commit))
        : from.harvest({ take: (tree) => withGround((ready) => harvestTree(ready, repository, tree)) }),
    apply: (repository, patch, into) => withGround((ready) => applyPatch({ ground: ready, repository }, patch, into)),
    filter: (repository, patch, keep) => withGround((ready) => filterPatch({ ground: ready, repository }, patch, keep)),
    publish: (repository, change) => withGround((ready) => publishChange(ready, repository, change)),
    attach: (repository, record) => withGround((ready) => attachRecord(ready, repository, record)),
    locate: (repository, result) =>
      withGround((ready) => ('files' in result ? findRecord(ready, repository, result) : findChange(ready, repository, result))),
    lend: (repository, job) => withGround((ready) => lendRepository(ready, repository, job)),
    takeBack: (job) => takeBack(options.root, job),
    repository: (job) => lentRepository(options.root, job),
    resolve: (repository, ref) => withGround((ready) => targetCommit(ready, repository, ref)),
    history: {
      compare: (location, wanted) => withGround((ready) => compareCommits(ready, location, wanted)),
      ancestor: (repository, name) => withGround((ready) => findAncestor(ready, repository, name)),
    },
  };
}

async function prepare(options: GitForgeOptions): Promise<Ground> {
  const git = await prepareGit(options.root, options.env);
  const blobs = blobReader(git, inside);
  return {
    git,
    blobs,
    root: options.root,
    credentials: new Map(),
    seen: new Set(),
    bases: new Map(),
    lock: options.lock,
    log: options.log,
  };
}

async function readFile(ground: Ground, repository: RepositorySnapshot, path: string): Promise<string | null> {
  const mirror = await ensureBase(ground, repository);
  return (await ground.blobs.read(mirror, repository.baseCommit, path))?.toString('utf8') ?? null;
}

async function listFiles(ground: Ground, repository: RepositorySnapshot): Promise<readonly string[]> {
  const mirror = await ensureBase(ground, repository);
  return [...(await baseFiles(ground, mirror, repository)).files];
}
