import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceFault } from '../fault.ts';
import { placeAt } from '../place/places.ts';
import type { Place } from '../place/places.ts';
import { capture } from '../spawn/spawn.ts';
import type { Start } from '../spawn/spawn.ts';
import { copies } from './copy.ts';
import { enterHolder, foldersOf, rememberHolder, rememberedHolder, startHolder, throughHolder } from './holder.ts';
import type { Holder, HolderTools } from './holder.ts';
import type { Layer, Layers, SealedBase } from './layer.ts';

export interface LayerSearch {
  /** Folders of the system's tools. */
  readonly path: string;
  /** Folder of the floor. */
  readonly root: string;
  /** User that the commands of a workspace run as. */
  readonly userOf: (place: Pick<Place, 'job'>) => Start['user'];
}

/**
 * Finds by trying how trees are laid over bases here: an overlay where a file of a base can be changed through one and
 * stays as it was below, else copies.
 */
export async function findLayers(search: LayerSearch): Promise<Layers> {
  const env = { PATH: search.path };
  if (process.platform !== 'linux') return copies(env, `there are no overlays on ${process.platform}`);
  if (/[,:\\\s]/.test(search.root)) return copies(env, `the path ${search.root} has a sign that overlays take for their own`);
  const nsenter = (await capture({ argv: ['/bin/sh', '-c', 'command -v nsenter'], cwd: '/', env, user: null })).stdout.trim();
  if (nsenter === '') return copies(env, 'nsenter is not installed (util-linux)');
  const layers = overlays({ path: search.path, nsenter });
  const why = await whyNoOverlay(layers, search);
  return why === null ? layers : copies(env, why);
}

/** Trees that show their base and keep what changes beside it. */
function overlays({ path, nsenter }: HolderTools): Layers {
  const begin = async (place: Place, base: SealedBase, user: Start['user']): Promise<Layer> => {
    const holder = await startHolder(place, base, { user, path }).catch((error: unknown) => {
      throw workspaceFault(error, `mounting the tree of ${place.name}`);
    });
    await rememberHolder(place, holder);
    return layerOf(place, { base, holder, nsenter, user });
  };
  return {
    method: 'overlay',
    why: '',
    async lay(place, base, user) {
      for (const folder of Object.values(foldersOf(place))) {
        await mkdir(folder, { mode: 0o700 });
        if (user !== null) await chown(folder, user.uid, user.gid);
      }
      return begin(place, base, user);
    },
    async again(place, base, user) {
      const holder = await rememberedHolder(place);
      return holder === null ? begin(place, base, user) : layerOf(place, { base, holder, nsenter, user });
    },
  };
}

interface Held {
  readonly base: SealedBase;
  readonly holder: Holder;
  readonly nsenter: string;
  readonly user: Start['user'];
}

function layerOf(place: Place, { base, holder, nsenter, user }: Held): Layer {
  return {
    method: 'overlay',
    key: base.key,
    at: throughHolder(holder, place.tree),
    git: join(user === null ? base.tree : foldersOf(place).base, '.git'),
    enter: (start) => enterHolder(holder, { ...start, nsenter }),
  };
}

/** Lays one layer over one file, changes it, and looks; null where all is as it should be. */
async function whyNoOverlay(layers: Layers, search: LayerSearch): Promise<string | null> {
  const space = await mkdtemp(join(search.root, '.layer-'));
  const place = { ...placeAt(search.root, space.slice(search.root.length + 1), 'canary') };
  const user = search.userOf(place);
  // Owned by another user than the job's where there is one, as a base is.
  const owner = user === null ? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 } : { uid: user.uid - 1, gid: user.gid - 1 };
  const base = { key: '', tree: join(space, 'below'), owner };
  try {
    await chmod(space, 0o711);
    for (const folder of [base.tree, place.tree]) await mkdir(folder);
    await writeFile(join(base.tree, 'file'), 'base', { mode: 0o644 });
    if (user !== null) for (const path of [base.tree, join(base.tree, 'file')]) await chown(path, owner.uid, owner.gid);
    const layer = await layers.lay(place, base, user);
    const start = layer.enter({ argv: ['/bin/sh', '-c', 'printf changed >"$1/file"', 'sh', place.tree], user });
    const { code } = await capture({ ...start, cwd: '/', env: { PATH: search.path } });
    const [seen, kept] = await Promise.all([join(layer.at, 'file'), join(base.tree, 'file')].map((file) => readFile(file, 'utf8')));
    const holder = await rememberedHolder(place);
    if (holder !== null) process.kill(holder.pid, 'SIGKILL');
    return code === 0 && seen === 'changed' && kept === 'base'
      ? null
      : `a file of a base could not be changed in a layer (${code}, ${seen}, ${kept})`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(space, { recursive: true, force: true, maxRetries: 5 });
  }
}
