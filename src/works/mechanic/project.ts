import type { Workspace } from '../../core/ports/floor.ts';
import { globMatcher } from '../inspection/scope/index.ts';
import { readLock, type Lock } from '../npm/lock/index.ts';
import { readManifest, type Manifest } from '../npm/manifest/index.ts';

/** The files the mechanic may change, as text. */
export interface Tree {
  /** By path from the workspace root. */
  readonly manifests: ReadonlyMap<string, string>;
  /** null where npm keeps no lockfile here. */
  readonly lock: string | null;
}

/** An npm project in a workspace, as its files say. */
export interface Project {
  /** Folder npm runs in: the project's, or that of the workspaces it belongs to. */
  readonly folder: string;
  /** Manifests whose dependencies the job may change, the project's own first. */
  readonly own: readonly string[];
  readonly lockPath: string;
  /** The tree as it was found. */
  readonly base: Tree;
  /** Files npm would rewrite beside the lockfile, and that are not the mechanic's to change. */
  readonly bystanders: ReadonlyMap<string, string>;
  /** Whether the project told npm not to mind peer dependencies. */
  readonly ignoresPeers: boolean;
}

/** Reads the project in a folder. Throws `manifest-invalid` or `lockfile-invalid`; null where there is no package.json. */
export async function readProject(workspace: Workspace, directory: string): Promise<Project | null> {
  const files = await workspace.files.list('');
  const folder = await folderOfWorkspaces(workspace, directory, files);
  const rootPath = join(folder, 'package.json');
  const rootText = await workspace.files.read(rootPath);
  if (rootText === null) return null;
  const members = membersOf(readManifest(rootText, rootPath), folder, files);
  const own = folder === directory ? [rootPath, ...members] : [join(directory, 'package.json')];
  const manifests = await readAll(workspace, [rootPath, ...members]);
  const lockPath = join(folder, files.includes(join(folder, 'npm-shrinkwrap.json')) ? 'npm-shrinkwrap.json' : 'package-lock.json');
  const said = settings((await workspace.files.read(join(folder, '.npmrc'))) ?? '');
  const keepsLock = (said('package-lock') ?? said('shrinkwrap')) !== 'false';
  const lock = keepsLock ? await workspace.files.read(lockPath) : null;
  const beside = lock === null ? ['yarn.lock', 'package-lock.json', 'npm-shrinkwrap.json'] : ['yarn.lock'];
  const bystanders = await readAll(
    workspace,
    beside.map((name) => join(folder, name)),
  );
  const ignoresPeers = said('legacy-peer-deps') === 'true' || said('force') === 'true';
  return { folder, own, lockPath, base: { manifests, lock }, bystanders, ignoresPeers };
}

/** The lockfile of a tree; the root's own manifest decides what the project asks for. */
export function lockOf(project: Project, tree: Tree): Lock {
  return readLock(tree.lock ?? '{"lockfileVersion":3,"packages":{}}', { path: project.lockPath, manifest: rootManifest(project, tree) });
}

export function rootManifest({ folder }: Project, { manifests }: Tree): Manifest {
  const path = join(folder, 'package.json');
  return readManifest(manifests.get(path) ?? '{}', path);
}

/** Folder of a manifest as the lockfile names it: relative to where npm runs. */
export function placeOf({ folder }: Project, manifest: string): string {
  const inside = folder === '' ? manifest : manifest.slice(folder.length + 1);
  return inside.slice(0, Math.max(0, inside.length - '/package.json'.length));
}

/** Writes a tree into the workspace, bystanders as they were. */
export async function layTree(workspace: Workspace, project: Project, tree: Tree): Promise<void> {
  for (const [path, text] of tree.manifests) await writeIfOther(workspace, path, text);
  for (const [path, text] of project.bystanders) await writeIfOther(workspace, path, text);
  if (tree.lock !== null) await writeIfOther(workspace, project.lockPath, tree.lock);
  else if (!project.bystanders.has(project.lockPath)) await workspace.files.remove(project.lockPath);
}

export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** A project that is one of the workspaces of a folder above it is npm's business there. */
async function folderOfWorkspaces(workspace: Workspace, directory: string, files: readonly string[]): Promise<string> {
  for (let at = directory.lastIndexOf('/'), above = directory; above !== ''; at = above.lastIndexOf('/')) {
    above = at < 0 ? '' : above.slice(0, at);
    const path = join(above, 'package.json');
    const text = files.includes(path) ? await workspace.files.read(path) : null;
    if (text !== null && membersOf(readManifest(text, path), above, files).includes(join(directory, 'package.json'))) return above;
  }
  return directory;
}

function membersOf({ workspaces }: Manifest, folder: string, files: readonly string[]): readonly string[] {
  if (workspaces.length === 0) return [];
  const globs = workspaces.map((glob) => glob.replaceAll(/^(!?)\.?\/+|\/+$/g, '$1'));
  const wanted = globMatcher(
    globs.filter((glob) => !glob.startsWith('!')),
    { ignoreCase: false },
  );
  const unwanted = globMatcher(
    globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1)),
    { ignoreCase: false },
  );
  return files.filter((path) => {
    if (!path.startsWith(join(folder, '')) || !path.endsWith('/package.json')) return false;
    const member = path.slice(join(folder, '').length, -'/package.json'.length);
    return wanted(member) && !unwanted(member);
  });
}

/** What a project's .npmrc says; its last word on a setting counts, and a name alone means true. */
function settings(npmrc: string): (name: string) => string | undefined {
  const lines = [...npmrc.matchAll(/^\s*([\w-]+)\s*(?:=\s*"?([^"\s]*)"?)?\s*$/gm)];
  const said = new Map(lines.map(([, name = '', value]) => [name, value ?? 'true']));
  return (name) => said.get(name);
}

async function readAll(workspace: Workspace, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const read = await Promise.all(paths.map(async (path) => [path, await workspace.files.read(path)] as const));
  return new Map(read.filter((entry): entry is [string, string] => entry[1] !== null));
}

async function writeIfOther(workspace: Workspace, path: string, text: string): Promise<void> {
  if ((await workspace.files.read(path)) !== text) await workspace.files.write(path, text);
}
