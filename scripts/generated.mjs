// Files that a script writes and `npm run check` holds it to.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes the files, or with `--check` names those that are not as they would be written and fails.
 *
 * @param {ReadonlyMap<string, string>} files content by path from the repository root
 * @param {{ noun: string, command: string }} about
 */
export function writeOrCheck(files, { noun, command }) {
  const checking = process.argv.includes('--check');
  const stale = [...files].filter(([path, content]) => content !== present(path));
  console.log(`${files.size} ${noun}`);
  if (checking) {
    for (const [path] of stale) console.error(`${path} is not what the source says: run ${command}.`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const [path, content] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    console.log(`wrote ${path}`);
  }
}

/** @param {string} path */
function present(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
