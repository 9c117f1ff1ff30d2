import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { charactersAllowed, invalid } from './document.ts';

/** The files of a repository at the base commit. */
export interface RepositoryFiles {
  /** Folders that may speak for the project, nearest first: its own, those above it, the root ''. */
  readonly folders: readonly string[];
  has(path: string): boolean;
  /** Text of a file that says something of the environment, or null. Throws `environment-invalid` for what is too long or no text. */
  read(path: string): Promise<string | null>;
  /** Beginning of a file of any length; '' where there is none. */
  begin(path: string): Promise<string>;
}

/** Looks at a repository through the forge, and never at a working tree. */
export async function repositoryFiles(repository: RepositorySnapshot, forge: Pick<Forge, 'read' | 'list'>): Promise<RepositoryFiles> {
  const paths = new Set(await forge.list(repository));
  const text = async (path: string): Promise<string | null> => (paths.has(path) ? await forge.read(repository, path) : null);
  return {
    folders: foldersOf(repository.directory),
    has: (path) => paths.has(path),
    read: async (path) => readable(path, await text(path)),
    begin: async (path) => ((await text(path)) ?? '').slice(0, 4096),
  };
}

/** A path below a folder, '' being the root. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Where a path that a file names leads from a folder, '' being the root; null where that is out of the repository. */
export function inside(folder: string, path: string): string | null {
  if (path.startsWith('/') || path.includes('\\')) return null;
  const parts: string[] = [];
  for (const part of below(folder, path).split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

function foldersOf(directory: string): readonly string[] {
  if (directory === '') return [''];
  const parts = directory.split('/');
  return Array.from({ length: parts.length + 1 }, (_, above) => parts.slice(0, parts.length - above).join('/'));
}

function readable(file: string, text: string | null): string | null {
  if (text === null) return null;
  const mend = 'Make it shorter, or say what is needed in .jidoka/factory.yaml.';
  if (text.length > charactersAllowed)
    throw invalid({ file, place: '', message: `It has ${text.length} characters, more than ${charactersAllowed}.`, mend });
  const nul = text.indexOf('\0');
  if (nul === -1) return text.replace(/^\uFEFF/, '');
  throw invalid({ file, place: '', message: `It is no text: there is a NUL at character ${nul}.`, mend: 'Save it as UTF-8.' });
}
