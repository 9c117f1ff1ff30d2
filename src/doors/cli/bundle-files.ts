import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';

type Files = Map<string, Uint8Array>;

/** An archive by a stranger must not fill the memory. */
const largestBundle = 1024 ** 3;

/**
 * Reads the files of a bundle, by posix path within it: from a folder, from the folder of a bundle.json, or from a
 * .tar or .tgz. Links are not followed. Throws `evidence-invalid`.
 */
export async function readBundle(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = await read(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (files.size === 0) throw unreadable(path, new Error('it holds no files'));
  return files;
}

async function read(path: string): Promise<Files> {
  if ((await stat(path)).isDirectory()) return readFolder(path);
  if (basename(path) === 'bundle.json') return readFolder(dirname(path));
  return readArchive(path);
}

async function readFolder(root: string): Promise<Files> {
  const files: Files = new Map();
  let total = 0;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    total = withinLimit(total + (await stat(path)).size);
    files.set(relative(root, path).split(sep).join('/'), await readFile(path));
  }
  return files;
}

async function readArchive(path: string): Promise<Files> {
  const { list } = await import('tar');
  const files: Files = new Map();
  let total = 0;
  await list({
    file: path,
    strict: true,
    onReadEntry: (entry) => {
      const parts: Uint8Array[] = [];
      if (entry.type !== 'File') return;
      entry.on('data', (part) => {
        total = withinLimit(total + part.length);
        parts.push(part);
      });
      entry.on('end', () => files.set(entry.path.replace(/^\.\//, ''), Buffer.concat(parts)));
    },
  });
  return atRoot(files);
}

/** An archive may hold the bundle in one folder of its own. */
function atRoot(files: Files): Files {
  if (files.has('bundle.json')) return files;
  const bundle = [...files.keys()].find((path) => /^[^/]+\/bundle\.json$/.test(path));
  if (bundle === undefined) return files;
  const prefix = bundle.slice(0, -'bundle.json'.length);
  return new Map([...files].filter(([path]) => path.startsWith(prefix)).map(([path, bytes]) => [path.slice(prefix.length), bytes]));
}

function withinLimit(bytes: number): number {
  if (bytes > largestBundle) throw new Error('it is larger than 1 GiB');
  return bytes;
}

function unreadable(path: string, cause: unknown): JidokaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new JidokaError('evidence-invalid', `No evidence could be read from ${path}: ${why}.`, {
    mend: 'Give the folder that `jidoka evidence RUN` names, its bundle.json, or a .tgz of it.',
    cause,
  });
}
