import { mkdir, mkdtemp, readdir, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '../../src/core/ports/floor.ts';
import { folderWorkspace } from '../floor/index.ts';

/**
 * Opens a workspace in a temporary folder with the given files in it and, where asked for, packages of another
 * checkout linked into its node_modules. A command runs as the test's own user, in a process group that ends with it.
 */
export async function tempWorkspace(files: Readonly<Record<string, string>>, packages?: { readonly from: string }): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'jidoka-runner-')));
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'jidoka-scratch-')));
  const workspace = folderWorkspace(root, { scratch });
  for (const [path, content] of Object.entries(files)) await workspace.files.write(path, content);
  if (packages !== undefined) await linkPackages(packages.from, join(root, 'node_modules'));
  return workspace;
}

/** The folder itself is the workspace's own, so that a run can lay files into it. */
async function linkPackages(from: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    await symlink(join(from, name), join(into, name));
  }
}
