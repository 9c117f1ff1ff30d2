import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge } from '../../core/ports/forge.ts';

/**
 * Looks at the files of one base commit through the forge, and lists them once, however often it is asked: a list is a
 * walk through the whole tree.
 *
 * @example
 * const files = listedOnce(repository, forge);
 * await readEnvironment(repository, files, sha256);
 */
export function listedOnce(repository: RepositorySnapshot, forge: Pick<Forge, 'read' | 'list'>): Pick<Forge, 'read' | 'list'> {
  let paths: ReturnType<Forge['list']> | null = null;
  return { read: (at, path) => forge.read(at, path), list: () => (paths ??= forge.list(repository)) };
}
