import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ErrorCode, JidokaError } from '../../core/base/error.ts';

/** A file as the factory takes it: what it says, and its name for messages. */
export interface InputFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads one advisory, or every .json file in a folder and below, in the order of their names.
 * Throws `advisory-invalid`, naming the file, where one cannot be read or is not OSV.
 */
export async function readAdvisories(path: string, cwd: string): Promise<InputFile[]> {
  const paths = await advisoryPaths(resolve(cwd, path));
  if (paths.length > 0) return Promise.all(paths.map(readAdvisory));
  throw new JidokaError('advisory-invalid', `There is no .json file in ${path}.`, {
    mend: 'Give a folder of advisories in OSV form, one advisory to a file, or one such file.',
  });
}

/** Reads a line file; what it says is judged by the factory. */
export async function readLineFile(path: string, cwd: string): Promise<InputFile> {
  return {
    path,
    text: await read(resolve(cwd, path), 'line-invalid', 'Give the path of a line file, such as a copy of lines/deps/line.yaml.'),
  };
}

/** Reads the words of a task. */
export async function readWords(path: string, cwd: string): Promise<string> {
  return read(resolve(cwd, path), 'usage', 'Give the path of a text file that says what is to be done.');
}

const osvMend = 'An advisory is one JSON object in OSV form: https://ossf.github.io/osv-schema/';

async function advisoryPaths(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    // A missing path is told by the reading that follows.
    () => false,
  );
  if (!isFolder) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

async function readAdvisory(path: string): Promise<InputFile> {
  const text = await read(path, 'advisory-invalid', osvMend);
  // Loaded late: the schema library costs more than the start of the whole command line.
  const { Advisory } = await import('../../core/packet/seed.ts');
  const { success, error } = Advisory.safeParse(parseJson(path, text));
  if (success) return { path, text };
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new JidokaError('advisory-invalid', `${path} is not an OSV advisory${where}: ${issue?.message ?? 'unknown form'}.`, {
    mend: osvMend,
  });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('advisory-invalid', `${path} is not JSON: ${why}.`, { mend: osvMend, cause });
  }
}

async function read(path: string, code: ErrorCode, mend: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError(code, `${path} cannot be read: ${why}.`, { mend, cause });
  }
}
