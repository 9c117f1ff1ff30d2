import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, lstat, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PlantOptions } from './plant-outside.ts';

export interface PlantedFiles {
  readonly env: Readonly<Record<string, string>>;
  /** What was written, changed or removed since this was asked last; all is then as it was planted. */
  reached(): Promise<readonly string[]>;
}

/** Folders that are watched, all of which a command could write if it saw them. */
const watched = ['home', 'other/tree', 'other/repository/refs', 'outside', 'readable'];
/** Where of the system itself an attempt would leave its name. */
const systemFolders = ['/usr', '/etc', '/', '/dev', '/run', '/var', '/tmp'];

/** Plants folders and files that everybody of the host may use. */
export async function plantFiles(root: string, user: PlantOptions['user']): Promise<PlantedFiles> {
  const give = async (path: string, mode: number): Promise<void> => {
    if (user !== null) await chown(path, user.uid, user.gid);
    // After the owner was changed, which takes the right to become root away.
    await chmod(path, mode);
  };
  for (const folder of ['home', 'home/.ssh', 'other', 'other/tree', 'outside', 'readable', 'factory']) {
    await mkdir(join(root, folder));
    await give(join(root, folder), 0o777);
  }
  for (const file of ['home/.ssh/id', 'other/tree/file', 'outside/kept', 'readable/file']) {
    await writeFile(join(root, file), 'planted\n');
    await give(join(root, file), 0o666);
  }
  const setuid = process.getuid?.() === 0 && existsSync('/usr/bin/id') ? join(root, 'readable/setuid-id') : '';
  if (setuid !== '') await copyFile('/usr/bin/id', setuid).then(() => chmod(setuid, 0o4755));
  const commit = await plantRepository(join(root, 'other/repository'), user);
  const folders = watched.map((folder) => join(root, folder));
  const planted = await contentsOf(folders);
  return {
    env: { SETUID: setuid, COMMIT: commit },
    reached: async () => [...(await differencesOf(planted, folders)), ...(await ofSystem())],
  };
}

/** A repository with one commit, of the user that would read it; '' where there is no git. */
async function plantRepository(folder: string, user: PlantOptions['user']): Promise<string> {
  const git = async (...args: string[]): Promise<string> =>
    promisify(execFile)('git', args, { env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...author } }).then(({ stdout }) => stdout.trim());
  await mkdir(join(folder, 'refs'), { recursive: true });
  try {
    await git('init', '-q', '--bare', folder);
    const tree = await git('-C', folder, 'hash-object', '-t', 'tree', '-w', '/dev/null');
    const commit = await git('-C', folder, 'commit-tree', '-m', 'planted', tree);
    await git('-C', folder, 'update-ref', 'refs/heads/main', commit);
    if (user !== null) await promisify(execFile)('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
    return commit;
  } catch {
    return ''; // without git on this machine nothing is planted for it
  }
}

const author = Object.fromEntries(
  ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'].map((name) => [name, 'planted']),
);

type Contents = ReadonlyMap<string, Buffer>;

async function contentsOf(folders: readonly string[]): Promise<Contents> {
  const found = new Map<string, Buffer>();
  for (const folder of folders) {
    for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
      const path = join(folder, name);
      const itself = await lstat(path).catch(() => null);
      if (itself?.isFile() === true) found.set(path, await readFile(path));
      else if (itself !== null && !itself.isDirectory()) found.set(path, Buffer.from('no file'));
    }
  }
  return found;
}

async function differencesOf(planted: Contents, folders: readonly string[]): Promise<readonly string[]> {
  const found = await contentsOf(folders);
  const added = [...found.keys()].filter((path) => !planted.has(path));
  const changed = [...planted].filter(([path, content]) => found.get(path)?.equals(content) !== true);
  for (const path of added) await rm(path, { recursive: true, force: true });
  for (const [path, content] of changed) await writeFile(path, content);
  return [...added.map((path) => `${path} was written`), ...changed.map(([path]) => `${path} was changed`)];
}

async function ofSystem(): Promise<readonly string[]> {
  const marks = systemFolders.map((folder) => join(folder, 'jidoka-escape')).filter((file) => existsSync(file));
  for (const file of marks) await rm(file, { force: true });
  return marks.map((file) => `${file} was written`);
}
