import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JidokaError } from '../../../../core/base/error.ts';

/** The program that is put onto another machine: the compiled files that it needs of this package, and no other package. */
export interface Pack {
  /** sha256 of `text`: names the folder that it has there. */
  readonly digest: string;
  /** JSON of the files: texts by path, sorted by path. */
  readonly text: string;
}

/** Where a runner begins, from the root of its files. */
export const runnerEntry = 'src/plant/floor/remote/program/runner.js';

/**
 * Packs the runner: whatever its entry reaches by imports. Throws `invariant` where the package was not built, and where
 * the runner came to need a package.
 */
export async function packRunner(): Promise<Pack> {
  const dist = join(packageRoot(), 'dist');
  const files = new Map([['package.json', '{"type":"module"}\n']]);
  const waiting = [runnerEntry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = await compiled(dist, path);
    files.set(path, text);
    for (const needed of importsOf(text, path)) if (!files.has(needed)) waiting.push(needed);
  }
  const text = JSON.stringify(Object.fromEntries([...files].sort(([left], [right]) => (left < right ? -1 : 1))));
  return { digest: createHash('sha256').update(text).digest('hex'), text };
}

/** This file runs from `src` and, compiled, from `dist/src`. */
function packageRoot(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const up = /[\\/]dist[\\/]src[\\/]plant[\\/]/.test(here) ? '../../../../../..' : '../../../../..';
  return normalize(join(here, up));
}

async function compiled(dist: string, path: string): Promise<string> {
  return readFile(join(dist, path), 'utf8').catch((cause: unknown) => {
    throw new JidokaError('invariant', `The program for other machines is not there: ${join(dist, path)} is missing.`, {
      mend: 'Build the package: npm run build.',
      cause,
    });
  });
}

/** Paths of the files that a compiled file imports; built-in modules of Node are there already. */
function importsOf(text: string, path: string): readonly string[] {
  const statement = /^(?:import|export)\s+(?:[\w\s{},*$]+?\s+from\s+)?['"]([^'"]+)['"]/gm;
  const named = [...text.matchAll(statement)].map(([, specifier = '']) => specifier);
  return named
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) => {
      if (!specifier.startsWith('.')) throw needsPackage(specifier, path);
      return normalize(join(dirname(path), specifier));
    });
}

function needsPackage(specifier: string, path: string): JidokaError {
  return new JidokaError('invariant', `The program for other machines needs ${specifier} in ${path}, which is not there.`, {
    mend: 'Keep packages out of what a runner imports; report this as a fault of jidoka.',
  });
}
