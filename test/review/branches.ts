import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { commitFiles, git } from '../../kit/forge/index.ts';
import type { Specimen } from '../../kit/repository/index.ts';
import type { Deed } from '../../kit/station/index.ts';

/** Commits files on a new branch that begins at main; null removes one. What is checked out stays main. */
export async function layBranch(path: string, name: string, files: Readonly<Record<string, string | null>>): Promise<string> {
  return await onBranch(path, name, () => write(path, files));
}

/** Commits what a deed does to a specimen on a branch of the deed's name. */
export async function layDeed(path: string, deed: Deed, specimen: Specimen): Promise<string> {
  return await onBranch(path, deed.name, async () => {
    await write(path, deed.files(specimen));
    for (const [program, ...args] of deed.commands(specimen)) await promisify(execFile)(program, args, { cwd: path });
  });
}

async function onBranch(path: string, name: string, change: () => Promise<void>): Promise<string> {
  await git(path, 'checkout', '--quiet', '-b', name, 'main');
  await change();
  const commit = await commitFiles(path, {}, name);
  await git(path, 'checkout', '--quiet', '--force', 'main');
  return commit;
}

async function write(path: string, files: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await rm(join(path, name), { recursive: true, force: true });
    if (content === null) continue;
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
}
