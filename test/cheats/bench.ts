import { chown, chmod, copyFile, mkdir, mkdtemp, readdir, rm, symlink, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRepository } from '../../kit/forge/index.ts';
import type { MadeRepository } from '../../kit/forge/index.ts';
import type { Specimen } from '../../kit/repository/index.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import type { Floor, Workspace } from '../../src/core/ports/floor.ts';
import type { Forge } from '../../src/core/ports/forge.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { hostFloor } from '../../src/plant/floor/index.ts';
import { gitForge } from '../../src/plant/forge/index.ts';
import { withFileLock } from '../../src/plant/postgres/index.ts';

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** A real forge and a real floor in a folder of their own. */
export interface Bench {
  readonly forge: Forge;
  readonly floor: Floor;
  /** Makes the repository of a specimen and freezes it. */
  readonly freeze: (specimen: Specimen) => Promise<RepositorySnapshot>;
  readonly close: () => Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-cheats-'));
  // Commands run as a user that may not look into a folder of root's.
  await chmod(root, 0o711);
  const log = (): void => {};
  const forge = gitForge({ root: join(root, 'forge'), env: process.env, lock: withFileLock, log });
  const floor = hostFloor({
    root: join(root, 'floor'),
    clock: systemClock(),
    env: process.env,
    log,
  });
  const made: MadeRepository[] = [];
  return {
    forge,
    floor,
    freeze: async (specimen) => {
      const repository = await makeRepository(specimen.files);
      made.push(repository);
      return forge.open(repository.path);
    },
    close: async () => {
      await Promise.all(made.map((repository) => repository.remove()));
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Opens a workspace with a clean checkout, does something with it, and removes it whatever happens. */
export async function withCheckout<T>(
  { forge, floor }: Bench,
  job: { readonly name: string; readonly repository: RepositorySnapshot },
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = await floor.open(job.name);
  try {
    await workspace.seed(forge.source(job.repository));
    return await use(workspace);
  } finally {
    await workspace.destroy();
  }
}

/**
 * Lends a workspace the runner of this project. The folders and manifests are the workspace's own, as a floor reads
 * nothing through a link that leads out of it; the code is linked.
 */
export async function lendRunner(workspace: Workspace, { runner }: Specimen): Promise<void> {
  const into = join(workspace.root, 'node_modules');
  await mkdir(into, { recursive: true });
  // Runners keep a cache in it: it belongs to whom the tree does.
  const { uid, gid } = await stat(workspace.root);
  await chown(into, uid, gid);
  await symlink(join(packages, '.bin'), join(into, '.bin'));
  if (runner !== 'node:test') await lendPackage(runner, into);
}

async function lendPackage(name: string, into: string): Promise<void> {
  await mkdir(join(into, name));
  for (const entry of await readdir(join(packages, name))) {
    const [from, to] = [join(packages, name, entry), join(into, name, entry)];
    await (entry === 'package.json' ? copyFile(from, to) : symlink(from, to));
  }
}
