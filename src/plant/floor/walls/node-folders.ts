import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where Node.js and its npm are: the programs and their libraries, and nothing beside them. */
export async function nodeFolders(): Promise<readonly string[]> {
  const prefix = dirname(dirname(await realpath(process.execPath)));
  return ['bin', 'lib', 'include', 'share'].map((folder) => join(prefix, folder));
}
