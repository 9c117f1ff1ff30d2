import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ErrorCode, JidokaError } from '../../core/base/error.ts';
import type { LineFile } from '../../core/ports/factory.ts';

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

/** Reads a line file and the roles that lie beside it, in the folder "roles"; what they say is judged by the factory. */
export async function readLineFile(path: string, cwd: string): Promise<LineFile> {
  const file = resolve(cwd, path);
  const text = await read(file, 'line-invalid', 'Give the path of a line file, such as a copy of lines/deps/line.yaml.');
  const folder = join(dirname(file), 'roles');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.md')).toSorted(); // most lines have none
  const mend = 'Give a role as a Markdown file.';
  const roles = names.map(async (name) => ({ path: join(folder, name), text: await read(join(folder, name), 'line-invalid', mend) }));
  return { path, text, ...(names.length === 0 ? {} : { roles: await Promise.all(roles) }) };
}

/** Reads the words of a task. */
export async function readWords(path: string, cwd: string): Promise<string> {
  return read(resolve(cwd, path), 'usage', 'Give the path of a text file that says what is to be done.');
}

/** Reads a scenario or a tape of a model twin. */
export async function readTwinFile(path: string, cwd: string): Promise<InputFile> {
  return {
    path,
    text: await read(resolve(cwd, path), 'scenario-invalid', 'Give the path of a scenario, in the form of docs/TWIN.md, or of a tape.'),
  };
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
