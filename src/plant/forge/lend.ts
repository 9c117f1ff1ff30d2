import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../../core/ports/egress.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { ensureSeed } from './checkout.ts';
import { exists } from './mirror.ts';
import type { Ground } from './mirror.ts';

/**
 * Makes a repository for one job alone: the base commit without history, and room for what the job pushes. Objects are
 * copied, for whoever may fetch of a repository gets at all that it borrows.
 */
export async function lendRepository(ground: Ground, repository: RepositorySnapshot, job: string): Promise<void> {
  const folder = placeOf(ground.root, job);
  if (await exists(folder)) return;
  const draft = join(ground.git.root, randomUUID());
  await copyFolder(await ensureSeed(ground, repository), draft);
  // Whoever clones it gets the base checked out.
  await writeFile(join(draft, 'HEAD'), 'ref: refs/heads/base\n');
  await mkdir(join(ground.root, 'jobs'), { recursive: true });
  await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    // Another was quicker, with the same.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** The repository of a job; null where none was lent to it. */
export async function lentRepository(root: string, job: string): Promise<GitRepository | null> {
  const gitDir = placeOf(root, job);
  return (await exists(gitDir)) ? { gitDir, base: 'refs/heads/base', prefix: `refs/jidoka/${idOf(job)}/` } : null;
}

/** Removes what was lent to a job, with what it pushed; nothing happens where nothing was. */
export async function takeBack(root: string, job: string): Promise<void> {
  await rm(placeOf(root, job), { recursive: true, force: true, maxRetries: 3 });
}

function placeOf(root: string, job: string): string {
  return join(root, 'jobs', `${idOf(job)}.git`);
}

/** Names of workspaces are longer than file systems and refs like them. */
function idOf(job: string): string {
  return createHash('sha256').update(job).digest('hex').slice(0, 20);
}

/** Copies, by reference where the file system can. Never by hard link: what one writes must not be another's. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}
