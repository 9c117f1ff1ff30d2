import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceView } from '../../../core/ports/floor.ts';
import type { Ground } from '../ground.ts';
import { listBases } from '../layers/bases.ts';
import { hasStarted } from '../started/index.ts';
import { holderOf, isDead } from './owner.ts';
import { locksOf, nameFileOf, placeAt } from './places.ts';
import type { Place } from './places.ts';

/** One workspace that stands on the floor, with its place. */
export interface Standing {
  readonly place: Place;
  readonly view: WorkspaceView;
}

/** Every workspace of the floor, by its lock or, where a death left it without one, by its folder. */
export async function standingWorkspaces(ground: Ground): Promise<readonly Standing[]> {
  const { root } = ground.options;
  const locks = (await readdir(locksOf(root)))
    .filter((file) => file.endsWith('.lock') && !file.startsWith('base-'))
    .map((file) => file.slice(0, -'.lock'.length));
  const folders = (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  const all = [...new Set([...locks, ...folders])].sort();
  return Promise.all(all.map((folder) => standing(ground, placeAt(root, folder, ''))));
}

async function standing(ground: Ground, bare: Place): Promise<Standing> {
  const [name, owner, since] = await Promise.all([
    readFile(nameFileOf(bare), 'utf8').catch(() => ''),
    holderOf(bare.lock),
    stat(bare.space)
      .catch(() => stat(bare.lock))
      .then(
        ({ birthtime }) => birthtime.toISOString(),
        () => '',
      ),
  ]);
  const place = { ...bare, name: name === '' ? (bare.space.split('/').at(-1) ?? '') : name };
  const dead = owner === null || (await isDead(bare.lock, ground.owner));
  const state = !dead ? 'live' : name !== '' && (await hasStarted(bare.started)) ? 'left' : 'stray';
  const ref = { floor: ground.proof.kind, host: ground.owner.host, name: place.name };
  return { place, view: { ref, state, owner: owner === null ? '' : `process ${owner.pid} on ${owner.host}`, since } };
}

/** The sealed bases, oldest use first. */
export async function standingBases(ground: Ground): Promise<readonly WorkspaceView[]> {
  const bases = await listBases(ground.options.root);
  return bases.map(({ key, usedMs }) => ({
    ref: { floor: ground.proof.kind, host: ground.owner.host, name: key },
    state: 'base',
    owner: '',
    since: new Date(usedMs).toISOString(),
  }));
}

/** Keys of bases that a workspace of this floor is a layer over. */
export async function usedBases(ground: Ground): Promise<ReadonlySet<string>> {
  const { root } = ground.options;
  const folders = (await readdir(root)).filter((name) => !name.startsWith('.'));
  const keys = await Promise.all(folders.map((name) => layerKeyOf(placeAt(root, name, ''))));
  return new Set(keys.filter((key) => key !== null));
}

/** The base that a workspace is a layer over; null where there is none. */
export async function layerKeyOf({ space }: Pick<Place, 'space'>): Promise<string | null> {
  return readFile(join(space, 'layer'), 'utf8').then(
    (key) => key,
    () => null,
  );
}
