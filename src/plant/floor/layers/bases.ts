import { chmod, mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { JidokaError, isJidokaError } from '../../../core/base/error.ts';
import type { BaseOrder, BaseRef, Workspace } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import type { Ground } from '../ground.ts';
import { claim } from '../place/owner.ts';
import { basesOf, locksOf } from '../place/places.ts';
import type { Place } from '../place/places.ts';
import { moveToTrash, removeTree } from '../place/remove-tree.ts';
import { capture } from '../spawn/spawn.ts';
import type { BaseBuilding, BaseKeeper } from './base-keeper.ts';
import type { SealedBase } from './layer.ts';

/** Opens the workspace that becomes a base, by name. */
export type OpenBuilding = (name: string, limits: BaseOrder['limits']) => Promise<OpenedBuilding>;

interface OpenedBuilding {
  readonly workspace: Workspace;
  readonly place: Place;
  /** Ends what still runs in it and forgets it, but for its folder. */
  close(): Promise<void>;
}

/** Keeps the bases of a floor of this host, on which one process at a time builds a base. */
export function baseKeeper(ground: Ground, open: OpenBuilding): BaseKeeper {
  const { root } = ground.options;
  return {
    find: async (key) => (await sealedBase(root, key)) !== null,
    async begin(key, limits) {
      const release = await takeTurn(ground, key);
      if (release === null) return null;
      try {
        // Sealed by another between looking and taking the turn: there is nothing to build.
        const begun = (await sealedBase(root, key)) === null ? await beginBase(ground, { key, limits, open, release }) : null;
        if (begun === null) await release();
        return begun;
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}

interface Beginning {
  readonly key: string;
  readonly limits: BaseOrder['limits'];
  readonly open: OpenBuilding;
  readonly release: () => Promise<void>;
}

async function beginBase(ground: Ground, { key, limits, open, release }: Beginning): Promise<BaseBuilding> {
  const { workspace, place, close } = await open(`base-${key.slice(0, 12)}-${randomUUID().slice(0, 8)}`, limits);
  return {
    workspace,
    async seal() {
      await close();
      await seal(ground, key, place);
      await release();
    },
    abandon: () => workspace.destroy().finally(release),
  };
}

/** Takes the turn to build a base, and returns how to give it back; null where a living process has it: this one, or another. */
async function takeTurn({ options, owner, building }: Ground, key: string): Promise<(() => Promise<void>) | null> {
  if (building.has(key)) return null;
  building.add(key);
  const lock = join(locksOf(options.root), `base-${key.slice(0, 32)}.lock`);
  try {
    await mkdir(basesOf(options.root), { recursive: true, mode: 0o711 });
    await claim(lock, owner);
  } catch (error) {
    building.delete(key);
    if (isJidokaError(error) && error.code === 'workspace-failed') return null;
    throw error;
  }
  return async () => {
    await rm(lock, { force: true });
    building.delete(key);
  };
}

async function seal(ground: Ground, key: string, place: Place): Promise<void> {
  const user = ground.confines.userOf(place) ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await writeFile(join(place.space, 'base.json'), JSON.stringify({ key, owner: { uid: user.uid, gid: user.gid } }));
  // Other users' jobs look at its git folder, and where there is no overlay they copy it.
  await chmod(place.tree, 0o755);
  for (const left of [place.home, place.tmp, place.scratch, place.started]) await removeTree(left);
  // A base that lost its files with the power would be believed for ever.
  await capture({ argv: ['sync', '-f', place.tree], cwd: '/', env: ground.account.tools, user: null });
  try {
    await rename(place.space, join(basesOf(ground.options.root), key));
  } catch (error) {
    throw workspaceFault(error, `sealing the base ${key}`);
  }
  await rm(place.lock, { force: true });
}

/** The base of a key, or null. */
export async function sealedBase(root: string, key: string): Promise<SealedBase | null> {
  const folder = join(basesOf(root), key);
  const text = await readFile(join(folder, 'base.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const { owner } = JSON.parse(text) as Pick<SealedBase, 'owner'>; // our own words, in place since before it was named
  return { key, tree: join(folder, 'tree'), owner };
}

/** Finds a base that is to be used now. Throws `workspace-failed` where it is gone. */
export async function useBase(root: string, { key }: BaseRef): Promise<SealedBase> {
  const found = await sealedBase(root, key);
  if (found === null) {
    throw new JidokaError('workspace-failed', `The base ${key.slice(0, 12)} is gone.`, {
      mend: 'Prepare it again and open the workspace anew.',
    });
  }
  const now = new Date();
  await utimes(join(basesOf(root), key, 'base.json'), now, now);
  return found;
}

/** Bases that stand on the floor, with when each was last used, in ms since the epoch. */
export async function listBases(root: string): Promise<readonly { readonly key: string; readonly usedMs: number }[]> {
  const keys = await readdir(basesOf(root)).catch(() => []);
  const found = await Promise.all(
    keys.map(async (key) => ({ key, usedMs: (await stat(join(basesOf(root), key, 'base.json')).catch(() => null))?.mtimeMs ?? 0 })),
  );
  return found.sort((left, right) => left.usedMs - right.usedMs);
}

/** Removes a base; layers over it lose what they did not change. */
export async function removeBase(root: string, key: string): Promise<void> {
  const trash = await moveToTrash(root, join(basesOf(root), key));
  if (trash !== null) await removeTree(trash);
}
