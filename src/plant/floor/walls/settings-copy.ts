import { accessSync, constants, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, cp, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * Brings a copy of files and folders of /etc, or of another root, to what they are now, at the same places below `folder`. Links among them are kept,
 * but for those that are settings themselves: these are copied as what they point to. A copy that is the same already, name by
 * name and byte by byte, is left as it is: making its links anew takes longer than all else that a floor looks at.
 *
 * @example
 * await copySettings('work/.settings', ['/etc/ssl/certs', '/etc/nsswitch.conf']);
 */
export async function copySettings(folder: string, paths: readonly string[], root = '/etc'): Promise<void> {
  const settings = paths.map((path) => ({ path, place: relative(root, path) }));
  if (isCopy(folder, settings)) return;
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  for (const { path, place } of settings) {
    const target = join(draft, place);
    await mkdir(dirname(target), { recursive: true });
    // Whatever the mask of the factory: jobs read them.
    await chmod(dirname(target), 0o755);
    await cp(await realpath(path), target, { recursive: true, verbatimSymlinks: true, filter: isCopied });
  }
  await chmod(draft, 0o755);
  // Two that do this at once leave the copy of one of them.
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
}

interface Setting {
  readonly path: string;
  /** Where it is in the copy. */
  readonly place: string;
}

/** At once and in one piece: it is little, and to wait for each name costs ten times as much as to look at it. */
function isCopy(folder: string, settings: readonly Setting[]): boolean {
  try {
    const wanted = new Map([['', 'folder 755']]);
    for (const { path, place } of settings) {
      for (let above = dirname(place); above !== '.'; above = dirname(above)) wanted.set(above, 'folder 755');
      look(realpathSync(path), place, wanted);
    }
    const there = new Map<string, string>();
    look(folder, '', there);
    return there.size === wanted.size && [...wanted].every(([place, what]) => there.get(place) === what);
  } catch {
    // There is none yet, or something changes meanwhile: a new one is made.
    return false;
  }
}

/** Notes what is at a path, and all below it, by the places below `place`. */
function look(path: string, place: string, seen: Map<string, string>): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return void seen.set(place, `link ${readlinkSync(path)}`);
  if (!mayRead(path)) return;
  const mode = (found.mode & 0o777).toString(8);
  if (!found.isDirectory() && !found.isFile()) throw new Error(`${path} is neither a file nor a folder`);
  if (found.isFile()) return void seen.set(place, `file ${mode} ${readFileSync(path, 'latin1')}`);
  seen.set(place, `folder ${mode}`);
  for (const name of readdirSync(path)) look(join(path, name), join(place, name), seen);
}

/** What the factory may not read, no command needs. */
function isCopied(path: string): boolean {
  return lstatSync(path).isSymbolicLink() || mayRead(path);
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
