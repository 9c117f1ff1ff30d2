import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Programs compiled apart from everything else, so that a process can run them that a test may kill. */
export interface Compiled {
  /** The JavaScript of a source file of this repository, given relative to its root. */
  path(source: string): string;
  remove(): Promise<void>;
}

/** Compiles some source files and all that they import. */
export async function compile(sources: readonly string[]): Promise<Compiled> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-compiled-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const options = { composite: false, incremental: false, declaration: false, types: ['node'], rootDir: root, outDir: join(folder, 'out') };
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: options,
    files: sources.map((source) => join(root, source)),
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  return {
    path: (source) => join(folder, 'out', source.replace(/\.ts$/, '.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
