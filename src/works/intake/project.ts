import { JidokaError } from '../../core/base/error.ts';
import type { DependencyScope, RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { globMatcher } from '../inspection/scope/index.ts';
import { readPacketDefaults, type PacketDefaults } from './packet-defaults.ts';
import { directDependencies, readLock, readManifest, resolve, type Lock } from '../npm/index.ts';
import type { DirectDependency, Manifest } from '../npm/manifest/index.ts';

/** An npm project as it stands at the base commit. */
export interface Project {
  readonly repository: RepositorySnapshot;
  readonly root: Manifest;
  /** The root's manifest and those of its workspaces, by folder relative to the project. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly lock: ProjectLock | null;
  /** What the repository says of itself as data. */
  readonly defaults: PacketDefaults;
  /** Another package manager's lockfile, where one is there and npm's is not. */
  readonly foreignLock: string | null;
}

export interface ProjectLock {
  /** Path from the repository root. */
  readonly path: string;
  readonly text: string;
  readonly lock: Lock;
}

/** A direct dependency, with the manifest that names it and the version the lockfile gives it. */
export interface Use extends DirectDependency {
  readonly folder: string;
  readonly manifest: string;
  readonly version: string | null;
}

/**
 * Reads manifests and lockfile of the project at the base commit, without any workspace.
 * Throws `repository-invalid` (no package.json), `manifest-invalid`, `lockfile-invalid`.
 */
export async function surveyProject(repository: RepositorySnapshot, forge: Pick<Forge, 'read' | 'list'>): Promise<Project> {
  const at = (path: string): string => (repository.directory === '' ? path : `${repository.directory}/${path}`);
  const rootText = await forge.read(repository, at('package.json'));
  if (rootText === null) throw noManifest(repository, at('package.json'));
  const root = readManifest(rootText, at('package.json'));
  const manifests = new Map([['', root]]);
  for (const folder of await workspaceFolders(root, repository, forge)) {
    const text = await forge.read(repository, at(`${folder}/package.json`));
    if (text !== null) manifests.set(folder, readManifest(text, at(`${folder}/package.json`)));
  }
  const defaults = await readPacketDefaults(repository, forge);
  return { repository, root, manifests, defaults, ...(await readLocks(root, repository, forge)) };
}

/** Every use of direct dependencies in a scope, over the root and its workspaces. */
export function usesOf(project: Project, scope: DependencyScope): readonly Use[] {
  return [...project.manifests].flatMap(([folder, manifest]) =>
    directDependencies(manifest, scope).map((dependency) => ({
      ...dependency,
      folder,
      manifest: manifest.path,
      version: lockedVersion(project.lock?.lock ?? null, folder, dependency.name),
    })),
  );
}

function lockedVersion(lock: Lock | null, folder: string, name: string): string | null {
  const node = lock === null ? null : resolve(lock, folder, name);
  return node?.kind === 'copy' && node.version !== '' ? node.version : null;
}

async function workspaceFolders(root: Manifest, repository: RepositorySnapshot, forge: Pick<Forge, 'list'>): Promise<readonly string[]> {
  if (root.workspaces.length === 0) return [];
  const prefix = repository.directory === '' ? '' : `${repository.directory}/`;
  const wanted = globMatcher(
    root.workspaces.map((glob) => glob.replaceAll(/^\.\/|\/+$/g, '')),
    { ignoreCase: false },
  );
  const files = await forge.list(repository);
  return files
    .filter((path) => path.startsWith(prefix) && path.endsWith('/package.json') && !path.includes('node_modules/'))
    .map((path) => path.slice(prefix.length, -'/package.json'.length))
    .filter((folder) => folder !== '' && wanted(folder));
}

async function readLocks(
  root: Manifest,
  repository: RepositorySnapshot,
  forge: Pick<Forge, 'read'>,
): Promise<Pick<Project, 'lock' | 'foreignLock'>> {
  const at = (path: string): string => (repository.directory === '' ? path : `${repository.directory}/${path}`);
  for (const name of ['npm-shrinkwrap.json', 'package-lock.json']) {
    const text = await forge.read(repository, at(name));
    if (text !== null)
      return { lock: { path: at(name), text, lock: readLock(text, { path: at(name), manifest: root }) }, foreignLock: null };
  }
  for (const name of ['yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb']) {
    if ((await forge.read(repository, at(name))) !== null) return { lock: null, foreignLock: at(name) };
  }
  return { lock: null, foreignLock: null };
}

function noManifest(repository: RepositorySnapshot, path: string): JidokaError {
  const message = `There is no ${path} at commit ${repository.baseCommit.slice(0, 12)} of ${repository.location}.`;
  return new JidokaError('repository-invalid', message, {
    mend: 'Point --repo at the folder of an npm project whose package.json is committed.',
  });
}
