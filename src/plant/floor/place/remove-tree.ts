import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Moves a folder into the trash of the floor, which takes no time however big it is.
 * Returns where it is now, or null where there was none.
 */
export async function moveToTrash(root: string, folder: string): Promise<string | null> {
  await mkdir(trashOf(root), { recursive: true, mode: 0o700 });
  const target = join(trashOf(root), randomUUID());
  return rename(folder, target).then(
    () => target,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    },
  );
}

/** Removes what an earlier life moved into the trash and did not remove. */
export async function emptyTrash(root: string): Promise<void> {
  const left = await readdir(trashOf(root)).catch(() => []);
  await Promise.all(left.map((name) => removeTree(join(trashOf(root), name))));
}

/** Removes a folder with everything in it, also where its owner took the right to do so from himself. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
    await unlock(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  });
}

async function unlock(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  const entries = await readdir(folder, { withFileTypes: true });
  await Promise.all(entries.filter((entry) => entry.isDirectory()).map((entry) => unlock(join(folder, entry.name))));
}

function trashOf(root: string): string {
  return join(root, '.trash');
}
