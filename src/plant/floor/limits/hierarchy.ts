import { resolve } from 'node:path';

/** A tree of cgroups as it is mounted here. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Controllers of a tree of version 1; those of version 2 are handed down folder by folder. */
  readonly controllers: readonly string[];
  /** Where it is mounted, whether or not it can be written. */
  readonly mount: string;
  /** Folder of the cgroup that this process is in. */
  readonly own: string;
}

/**
 * Reads which trees of cgroups there are and where this process is in each, from `/proc/self/mountinfo` and
 * `/proc/self/cgroup`. One in which this process cannot be seen from here is left out.
 */
export function readHierarchies(mountinfo: string, cgroup: string): readonly Hierarchy[] {
  const places = cgroup.split('\n').flatMap(placeOf);
  return mountinfo.split('\n').flatMap((line) => {
    const mount = mountOf(line);
    const place = places.find((one) => mount !== null && isSame(one.controllers, mount));
    const own = mount === null || place === undefined ? null : seenAt(mount, place.path);
    return mount === null || own === null ? [] : [{ version: mount.version, controllers: mount.controllers, mount: mount.folder, own }];
  });
}

interface Mount {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  /** Cgroup that stands at the folder. */
  readonly root: string;
  readonly folder: string;
}

const known = ['memory', 'pids', 'cpu', 'cpuacct'];

/** `36 25 0:31 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory` */
function mountOf(line: string): Mount | null {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root, folder] = before.split(' ').map(decoded);
  const [type, , options = ''] = after.split(' ');
  if (root === undefined || folder === undefined) return null;
  if (type === 'cgroup2') return { version: 2, controllers: [], root, folder };
  const controllers = options.split(',').filter((option) => known.includes(option));
  return type === 'cgroup' && controllers.length > 0 ? { version: 1, controllers, root, folder } : null;
}

interface Place {
  /** Empty for the tree of version 2. */
  readonly controllers: readonly string[];
  readonly path: string;
}

/** `4:memory:/system.slice`, `5:cpu,cpuacct:/`, `0::/user.slice` */
function placeOf(line: string): readonly Place[] {
  const [, number, names, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
  if (number === undefined || names === undefined || path === undefined) return [];
  return [{ controllers: number === '0' ? [] : names.split(','), path }];
}

function isSame(controllers: readonly string[], mount: Mount): boolean {
  return mount.version === 2 ? controllers.length === 0 : mount.controllers.some((name) => controllers.includes(name));
}

/** A mount may show a part of the tree only, as containers have it. */
function seenAt({ root, folder }: Mount, path: string): string | null {
  const prefix = root === '/' ? '' : root;
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return null;
  // Out of the part that this namespace sees, the kernel begins a path with `/..`.
  return /(^|\/)\.\.(\/|$)/.test(path) ? null : resolve(folder, `.${path.slice(prefix.length)}`);
}

/** The kernel writes blanks and backslashes of a path as octal numbers. */
function decoded(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}
