import type { Edge, Lock, LockCopy, LockNode } from './lock.ts';

/** A node and the edge by which it asks for another. */
export interface Requester {
  readonly from: LockNode;
  readonly edge: Edge;
}

/** A copy and who asks for exactly it. */
export interface CopyWithParents {
  readonly copy: LockCopy;
  readonly parents: readonly Requester[];
}

/**
 * Finds every copy of a package with those whose `require` leads to that very copy.
 *
 * @example
 * copiesOf(lock, 'ms').map(({ copy, parents }) => [copy.path, parents.map(({ from, edge }) => `${from.path} -> ${edge.spec}`)]);
 */
export function copiesOf(lock: Lock, name: string): readonly CopyWithParents[] {
  const requesters = requestersOf(lock);
  return lock.copies.filter((copy) => copy.name === name).map((copy) => ({ copy, parents: requesters.get(copy.path) ?? [] }));
}

/** Who asks for which folder, over the whole lockfile. */
export function requestersOf(lock: Lock): ReadonlyMap<string, readonly Requester[]> {
  const found = new Map<string, Requester[]>();
  for (const from of lock.nodes.values()) {
    for (const edge of from.edges) {
      const target = resolve(lock, from.path, edge.name);
      if (target === null) continue;
      const known = found.get(target.path);
      if (known) known.push({ from, edge });
      else found.set(target.path, [{ from, edge }]);
    }
  }
  return found;
}

/** Walks up from a folder as Node does and gives what it finds, links followed; null where nothing is there. */
export function resolve(lock: Lock, from: string, name: string): LockNode | null {
  for (let folder: string | null = from; folder !== null; folder = above(folder)) {
    const node = lock.nodes.get(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`);
    if (node?.kind === 'link') return lock.nodes.get(node.target) ?? node;
    if (node) return node;
  }
  return null;
}

/** The next folder that can have a node_modules: 'node_modules/a/node_modules/@s/b' leads to 'node_modules/a'. */
function above(folder: string): string | null {
  if (folder === '') return null;
  const inside = /^(?:(.*)\/)?node_modules\/(?:@[^/]+\/)?[^/]+$/.exec(folder);
  if (inside) return inside[1] ?? '';
  return folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
}
