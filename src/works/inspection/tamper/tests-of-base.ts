import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import type { Forge } from '../../../core/ports/forge.ts';
import { protectedPath } from '../sealed/index.ts';

/** Tests are read for the values that they use; of very many, these do. */
const mostTests = 300;

/** Texts of the tests at the base, by path. */
export async function testsOfBase(
  forge: Pick<Forge, 'read' | 'list'>,
  repository: RepositorySnapshot,
): Promise<ReadonlyMap<string, string>> {
  const paths = (await forge.list(repository)).filter((path) => isScript(path) && protectedPath(path, null) === 'test');
  const read = paths.slice(0, mostTests).map(async (path) => [path, (await forge.read(repository, path)) ?? ''] as const);
  return new Map(await Promise.all(read));
}

function isScript(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}
