import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Hierarchy } from './hierarchy.ts';
import { readHierarchies } from './hierarchy.ts';
import { enableIn, makeFolder, removeFolder } from './kernel-files.ts';
import { factoryFolder, stepAside } from './step-aside.ts';
import type { Movable } from './step-aside.ts';

/** Folders that the kernel counts and holds by, each by what it holds; in version 2 they are one and the same. */
export type Folders = Readonly<Partial<Record<Controller, string>>>;
export type Controller = 'memory' | 'pids' | 'cpu' | 'cpuacct';

/** Without these a place is of no use. */
const needed: readonly string[] = ['memory', 'pids'];

/** A place in the tree of cgroups where the groups of a floor may be. Whether anything is held there is for canaries to show. */
export interface Nest {
  readonly version: 1 | 2;
  /** Where it is, for people. */
  readonly where: string;
  /** Makes the floor's folders where they are missing; always below what this process itself is held by. Throws what the kernel says. */
  open(): Promise<Folders>;
}

/** The places to try, best first; what stands in the way of a version is told instead. */
export async function findNests(root: string): Promise<{ readonly nests: readonly Nest[]; readonly lacking: readonly string[] }> {
  const [mountinfo, cgroup] = await Promise.all(
    ['mountinfo', 'cgroup'].map((name) => readFile(`/proc/self/${name}`, 'utf8').catch(() => '')),
  );
  const hierarchies = readHierarchies(mountinfo ?? '', cgroup ?? '');
  const name = `jidoka-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
  const [second, first] = [await nestsOfSecond(hierarchies, name), nestOfFirst(hierarchies, name)];
  return {
    nests: [...(typeof second === 'string' ? [] : second), ...(typeof first === 'string' ? [] : [first])],
    lacking: [second, first].filter((one) => typeof one === 'string'),
  };
}

async function nestsOfSecond(hierarchies: readonly Hierarchy[], name: string): Promise<readonly Nest[] | string> {
  const tree = hierarchies.find(({ version }) => version === 2);
  if (tree === undefined) return 'cgroup v2: not mounted here';
  const controllers = await readFile(join(tree.mount, 'cgroup.controllers'), 'utf8').catch(() => '');
  const lacking = needed.filter((one) => !controllers.split(/\s+/).includes(one));
  if (lacking.length > 0) return `cgroup v2: ${tree.mount} has no controller for ${lacking.join(' and ')}`;
  const at = (where: string, open: Nest['open']): Nest => ({ version: 2, where, open });
  const above = ancestorsOf(tree.own, tree.mount).map((parent) => at(parent, () => openSecond(parent, name)));
  // The leaf that an earlier search moved this process to: its parent is the place.
  if (tree.own.endsWith(`/${factoryFolder}`)) return above;
  const below = (movable: Movable): Nest => at(tree.own, () => openBelow(tree.own, name, movable));
  // Others are moved only where there is no other way.
  return [below('started'), ...above, below('starters too')];
}

/** The kernel hands controllers on from a cgroup without processes only, but for the first one of all. */
async function openBelow(own: string, name: string, movable: Movable): Promise<Folders> {
  const isFirst = (await readFile(join(own, 'cgroup.type'), 'utf8').catch(() => null)) === null;
  if (!isFirst) await stepAside(own, movable);
  return openSecond(own, name);
}

async function openSecond(parent: string, name: string): Promise<Folders> {
  await enableIn(parent);
  const folder = join(parent, name);
  await makeFolder(folder);
  try {
    const enabled = await enableIn(folder);
    return { memory: folder, pids: folder, cpuacct: folder, ...(enabled.includes('cpu') ? { cpu: folder } : {}) };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** From the parent up to where the tree is mounted. */
function ancestorsOf(own: string, mount: string): readonly string[] {
  return own === mount ? [] : [dirname(own), ...ancestorsOf(dirname(own), mount)];
}

function nestOfFirst(hierarchies: readonly Hierarchy[], name: string): Nest | string {
  const owns = new Map(
    hierarchies.filter(({ version }) => version === 1).flatMap(({ controllers, own }) => controllers.map((one) => [one, own] as const)),
  );
  const lacking = needed.filter((one) => !owns.has(one));
  if (lacking.length > 0) return `cgroup v1: no hierarchy for ${lacking.join(' and ')} is mounted here`;
  return { version: 1, where: owns.get('memory') ?? '', open: () => openFirst(owns, name) };
}

async function openFirst(owns: ReadonlyMap<string, string>, name: string): Promise<Folders> {
  const made: Partial<Record<Controller, string>> = {};
  for (const controller of ['memory', 'pids', 'cpu', 'cpuacct'] as const) {
    const own = owns.get(controller);
    if (own === undefined) continue;
    const folder = join(own, name);
    const error = await makeFolder(folder).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) made[controller] = folder;
    else if (needed.includes(controller)) {
      await Promise.all(Object.values(made).map(removeFolder));
      throw error;
    }
  }
  return made;
}

/** The distinct folders among those of a group. */
export function distinct(folders: Folders): readonly string[] {
  return [...new Set(Object.values(folders))];
}
