import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { canRun } from './find-program.ts';

/** Folder of its package, and the name of the machine in it, by what Node.js calls the machine. */
const targets: Readonly<Record<string, { readonly name: string; readonly target: string }>> = {
  x64: { name: 'codex-linux-x64', target: 'x86_64-unknown-linux-musl' },
  arm64: { name: 'codex-linux-arm64', target: 'aarch64-unknown-linux-musl' },
};

/**
 * The bubblewrap that an installed Codex brings along, which needs nothing of the system; null where there is none. Only
 * looks at files: where `codex` on PATH leads, and where npm installs for everybody.
 *
 * @param folders Folders of programs, as on PATH.
 */
export async function codexBubblewrap(folders: readonly string[], machine: string = process.arch): Promise<string | null> {
  const platform = targets[machine];
  if (platform === undefined) return null;
  const places = await Promise.all([...folders, dirname(process.execPath)].map((folder) => placesAt(folder, platform)));
  for (const place of new Set(places.flat())) if (await isOurs(place)) return place;
  return null;
}

type Platform = (typeof targets)[string];

async function placesAt(folder: string, platform: Platform): Promise<readonly string[]> {
  const program = await realpath(join(folder, 'codex')).catch(() => null);
  const ofNpm = join(dirname(folder), 'lib/node_modules/@openai/codex');
  return [...(program === null ? [] : besides(program, platform)), ...ofPackage(ofNpm, platform)];
}

/** A program of its own has what it brings along beside its folder; one of npm is a script of the package. */
function besides(program: string, platform: Platform): readonly string[] {
  const folder = dirname(program);
  const alone = basename(folder) === 'bin' ? [join(dirname(folder), 'codex-resources/bwrap')] : [];
  return [...alone, ...ofPackage(dirname(folder), platform)];
}

/** The package of the machine is within the package, beside it, or the same. */
function ofPackage(folder: string, { name, target }: Platform): readonly string[] {
  const inside = `vendor/${target}/codex-resources/bwrap`;
  return [join(folder, 'node_modules/@openai', name, inside), join(dirname(folder), name, inside), join(folder, inside)];
}

/** Nobody but its owner, who is root or this user, may have written the program that is to build a wall. */
async function isOurs(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile() || (found.mode & 0o022) !== 0) return false;
  return (found.uid === 0 || found.uid === process.getuid?.()) && canRun(file);
}
