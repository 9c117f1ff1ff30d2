import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge } from '../../core/ports/forge.ts';

/** Files of attributes that are looked at; a repository with more says the same in the first. */
const mostFiles = 20;
const mostNamed = 5;

/**
 * What a checkout of the base commit does not hold though the repository speaks of it: other repositories, and files whose
 * content is kept elsewhere. Sentences with what to do, for people.
 */
export async function notFetched(repository: RepositorySnapshot, forge: Pick<Forge, 'read' | 'list'>): Promise<readonly string[]> {
  const paths = await forge.list(repository);
  return [...(await submodules(repository, paths, forge)), ...(await pointers(repository, paths, forge))];
}

async function submodules(
  repository: RepositorySnapshot,
  paths: readonly string[],
  forge: Pick<Forge, 'read'>,
): Promise<readonly string[]> {
  if (!paths.includes('.gitmodules')) return [];
  const text = (await forge.read(repository, '.gitmodules')) ?? '';
  const folders = [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*(.+?)[ \t]*$/gm)].map(([, path = '']) => path);
  if (folders.length === 0) return [];
  const named = folders.slice(0, mostNamed).join(', ');
  const more = folders.length > mostNamed ? ` and ${folders.length - mostNamed} more` : '';
  return [
    `Submodules are not fetched, their folders are empty: ${named}${more}. What tests need of them must be in the repository itself.`,
  ];
}

async function pointers(repository: RepositorySnapshot, paths: readonly string[], forge: Pick<Forge, 'read'>): Promise<readonly string[]> {
  const files = paths.filter((path) => path === '.gitattributes' || path.endsWith('/.gitattributes')).slice(0, mostFiles);
  const texts = await Promise.all(files.map(async (path) => ((await forge.read(repository, path)) ?? '').slice(0, 100_000)));
  const patterns = texts.flatMap((text) =>
    [...text.matchAll(/^[ \t]*([^#\s]\S*)[ \t].*\bfilter=lfs\b/gm)].map(([, pattern = '']) => pattern),
  );
  if (patterns.length === 0) return [];
  const named = [...new Set(patterns)].slice(0, mostNamed).join(', ');
  return [
    `Files that are kept in Git LFS are pointers here, not their content: ${named}. What tests need of them must be in the repository itself.`,
  ];
}
