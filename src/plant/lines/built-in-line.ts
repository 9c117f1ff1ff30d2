import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Text of a line that comes with the package, with the roles beside it, and their paths for messages. */
export async function builtInLine(name: string): Promise<{
  readonly path: string;
  readonly text: string;
  readonly roles: readonly { readonly path: string; readonly text: string }[];
}> {
  const here = fileURLToPath(import.meta.url);
  // Compiled, this file is one folder deeper than its source.
  const root = here.includes(`${sep}dist${sep}src${sep}`) ? '../../../../' : '../../../';
  const file = fileURLToPath(new URL(`${root}lines/${name}/line.yaml`, import.meta.url));
  const folder = join(dirname(file), 'roles');
  const names = await readdir(folder).catch(() => []); // most lines have none
  const roles = names
    .filter((entry) => entry.endsWith('.md'))
    .sort()
    .map(async (entry) => ({ path: `lines/${name}/roles/${entry}`, text: await readFile(join(folder, entry), 'utf8') }));
  return { path: `lines/${name}/line.yaml`, text: await readFile(file, 'utf8'), roles: await Promise.all(roles) };
}
