import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Plugin of vitest: modules of `src` are taken as they were built, which is what the commands that a suite starts are too. */
export function fromBuild(): {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(asked: string, importer?: string): string | null;
} {
  return {
    name: 'jidoka:from-build',
    enforce: 'pre',
    resolveId: (asked, importer) => (importer === undefined ? null : builtOf(asked, importer)),
  };
}

/** What is loaded by Node itself, and not read and transformed once more for each file of tests. */
export const builtModules = /\/dist\/src\//;

/** The built module that an import of a source means; null where it means something else, or what is never built, such as a test. */
export function builtOf(asked: string, importer: string): string | null {
  if (!/^\.\.?\/.*\.ts$/.test(asked)) return null;
  const source = relative(root, resolve(dirname(importer), asked));
  if (!source.startsWith(`src${sep}`)) return null;
  const built = join(root, 'dist', source.replace(/\.ts$/, '.js'));
  return existsSync(built) ? built : null;
}
