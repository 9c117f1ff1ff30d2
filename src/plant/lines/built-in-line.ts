import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Text of a line that comes with the package, and its path for messages. */
export async function builtInLine(name: string): Promise<{ readonly path: string; readonly text: string }> {
  const here = fileURLToPath(import.meta.url);
  // Compiled, this file is one folder deeper than its source.
  const root = here.includes(`${sep}dist${sep}src${sep}`) ? '../../../../' : '../../../';
  const file = fileURLToPath(new URL(`${root}lines/${name}/line.yaml`, import.meta.url));
  return { path: `lines/${name}/line.yaml`, text: await readFile(file, 'utf8') };
}
