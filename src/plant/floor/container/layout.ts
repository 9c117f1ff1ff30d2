import { createHash } from 'node:crypto';

/** Where things are in a container of the floor; the same in all of them. */
export const layout = {
  /** Root's own: commands may read it and not write it. */
  home: '/jidoka',
  /** Root's own: the git folder that a tree began with. */
  base: '/jidoka/base',
  /** Where runners are kept, each by its digest, which is looked at before one is run; owned by the user of commands. */
  cache: '/jidoka/cache',
  /** What the workspace is made of; owned by the user of commands. */
  floor: '/jidoka/floor',
} as const;

/** User of commands: far from the users of people and services, and within what engines without root can map. */
export const jobUser = { uid: 58_017, gid: 58_017, name: 'jidoka', text: '58017:58017' } as const;

/** Root of a container has no capabilities: it owns files, and that is all. */
export const rootUser = '0:0';

/** What containers and images of the floor are known by. */
export const labels = {
  /** Digest of the floor's folder: whose it is. */
  floor: 'jidoka.floor',
  /** What a container is for: 'workspace', 'canary' or 'ground'. */
  use: 'jidoka.use',
  /** Of a workspace: its name. */
  name: 'jidoka.name',
  /** Who made it, as JSON. */
  owner: 'jidoka.owner',
  /** Of a workspace: what it may use, as JSON. */
  limits: 'jidoka.limits',
  /** Of a workspace: the key of the base that it is over; '' for none. */
  base: 'jidoka.base',
  /** Of an image: the key of the base that it is. No container is made with it, because podman keeps what a container has. */
  sealed: 'jidoka.sealed',
  /** Of an image: the digest of what it was made of. */
  ground: 'jidoka.ground',
} as const;

/** Names the floor in labels, and in the names of its containers. */
export function floorDigest(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 12);
}
