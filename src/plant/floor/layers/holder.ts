import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../place/places.ts';
import { lifeOf } from '../spawn/life.ts';
import { residentMark, startResident } from '../spawn/start-resident.ts';
import type { Resident } from '../spawn/start-resident.ts';
import type { Start } from '../spawn/spawn.ts';
import { holderScript, idmapArguments } from './holder-script.ts';
import type { SealedBase } from './layer.ts';

/** A process that keeps the mount of one workspace's tree, for others to enter. */
export type Holder = Resident;

/** How holders are started on this machine. */
export interface HolderTools {
  /** Folders of the system's tools. */
  readonly path: string;
  /** Absolute path of nsenter. */
  readonly nsenter: string;
}

/** Folders of an overlay beside the tree: what changes, what the kernel needs, and where the base is shown. */
export function foldersOf({ space }: Pick<Place, 'space'>): { readonly upper: string; readonly work: string; readonly base: string } {
  return { upper: join(space, 'upper'), work: join(space, 'work'), base: join(space, 'base') };
}

/**
 * Starts the holder of a workspace's tree: as root in a mount namespace, with the base shown as the job's own; as a plain
 * user in a user namespace of his own. It lives on without this process. Throws with what the tools said.
 */
export async function startHolder(
  place: Place,
  base: SealedBase,
  { user, path }: { readonly user: Start['user']; readonly path: string },
): Promise<Holder> {
  const { upper, work, base: at } = foldersOf(place);
  const [options, apart, show] = user === null ? ['userxattr,', plain, []] : ['', root, ['perl', ...idmapArguments]];
  const env = {
    PATH: path,
    LC_ALL: 'C',
    JIDOKA_JOB: residentMark(place, 'holder'),
    disk: String(base.owner.uid),
    shown: String(user?.uid ?? base.owner.uid),
  };
  const { pid, life } = await startResident(
    [...apart, '/bin/sh', '-c', holderScript, 'holder', base.tree, upper, work, place.tree, options, at, ...show],
    env,
  );
  return { pid, life };
}

const root = ['unshare', '--mount', '--propagation', 'private'] as const;
const plain = ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount', '--propagation', 'private'] as const;

/** The start that runs argv in the holder's mount namespace, as the user of commands. */
export function enterHolder(
  { pid }: Holder,
  { argv, user, nsenter }: Pick<Start, 'argv' | 'user'> & Pick<HolderTools, 'nsenter'>,
): Pick<Start, 'argv' | 'user'> {
  if (user === null)
    return { argv: [nsenter, '--user', '--preserve-credentials', '--mount', `--target=${pid}`, '--', ...argv], user: null };
  return { argv: [nsenter, '--mount', `--target=${pid}`, `--setgid=${user.gid}`, `--setuid=${user.uid}`, '--', ...argv], user: null };
}

/** Where the holder's mount is seen from outside. */
export function throughHolder({ pid }: Holder, path: string): string {
  return `/proc/${pid}/root${path}`;
}

/** Remembers the holder for a later life of the factory. */
export async function rememberHolder({ space }: Place, holder: Holder): Promise<void> {
  const file = join(space, 'holder.json');
  await writeFile(`${file}.draft`, JSON.stringify(holder), { mode: 0o600 });
  await rename(`${file}.draft`, file);
}

/** The holder that an earlier life started, if it still lives. */
export async function rememberedHolder({ space }: Place): Promise<Holder | null> {
  const text = await readFile(join(space, 'holder.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const holder = JSON.parse(text) as Holder; // our own words: renamed into place when they were whole
  return (await lifeOf(holder.pid)) === holder.life ? holder : null;
}
