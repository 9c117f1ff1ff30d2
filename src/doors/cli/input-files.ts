import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
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

/**
 * Reads a line file with the roles and the skills that lie beside it, in folders of that name; what they say is judged by the
 * factory.
 */
export async function readLineFile(path: string, cwd: string): Promise<LineFile> {
  const file = resolve(cwd, path);
  const text = await read(file, 'line-invalid', 'Give the path of a line file, such as a copy of lines/deps/line.yaml.');
  const folder = join(dirname(file), 'roles');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.md')).toSorted(); // most lines have none
  const mend = 'Give a role as a Markdown file.';
  const roles = names.map(async (name) => ({ path: join(folder, name), text: await read(join(folder, name), 'line-invalid', mend) }));
  const skills = await readSkills(join(dirname(file), 'skills'));
  return { path, text, ...(names.length === 0 ? {} : { roles: await Promise.all(roles) }), ...(skills.length === 0 ? {} : { skills }) };
}

/** Files of all skills of a line. */
const mostSkillFiles = 400;
const skillMend = 'A skill is a folder of a few texts, SKILL.md among them, and no links.';

/** Only plain files: a link could lead to anything of this machine. */
async function readSkills(folder: string): Promise<readonly InputFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []); // most lines have none
  const isLink = await lstat(folder).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  const links = entries.filter((entry) => entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
  const files = entries.filter((entry) => entry.isFile());
  const [link] = isLink ? [folder] : links;
  if (link !== undefined) throw new JidokaError('line-invalid', `${link} is a link.`, { mend: skillMend });
  if (files.length > mostSkillFiles)
    throw new JidokaError('line-invalid', `${folder} has ${files.length} files, more than ${mostSkillFiles}.`, { mend: skillMend });
  const texts = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(folder, path).split(sep).join('/'), text: await read(path, 'line-invalid', skillMend) };
  });
  return (await Promise.all(texts)).toSorted((left, right) => (left.path < right.path ? -1 : 1));
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

/** Reads the file of an owner of a model gateway. */
export async function readGatewayFile(path: string, cwd: string): Promise<InputFile> {
  const mend = 'Give the path of your factory file, with a part "gateway:", in the form of docs/GATEWAY.md.';
  return { path, text: await read(resolve(cwd, path), 'gateway-invalid', mend) };
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
