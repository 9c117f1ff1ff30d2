/** A lockfile, as the tree of folders it promises. */
export interface Lock {
  readonly lockfileVersion: 1 | 2 | 3;
  /** By folder, posix, relative to the lockfile; '' is the project itself. */
  readonly nodes: ReadonlyMap<string, LockNode>;
  /** The installed packages among the nodes: neither projects nor links. */
  readonly copies: readonly LockCopy[];
}

export type LockNode = LockProject | LockLink | LockCopy;

/** The project, one of its workspaces, or a folder it links to. */
export interface LockProject extends Place {
  readonly kind: 'project';
}

export interface LockLink extends Place {
  readonly kind: 'link';
  /** Folder it points to, relative to the lockfile. */
  readonly target: string;
}

/** One installed copy of a package. */
export interface LockCopy extends Place {
  readonly kind: 'copy';
  /** '' where the lockfile does not say. */
  readonly version: string;
  /** Only development needs it. */
  readonly dev: boolean;
  readonly optional: boolean;
  readonly peer: boolean;
  /** It came inside the tarball of a package above it. */
  readonly bundled: boolean;
  readonly hasInstallScript: boolean;
  readonly source: Source;
  /** `engines.node`, or null. */
  readonly node: string | null;
}

interface Place {
  readonly path: string;
  /** Real name of the package, also where it stands under an alias; '' for a project without one. */
  readonly name: string;
  /** What it asks for, by the name it requires. */
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly name: string;
  /** The text as written: a range, an alias, a URL. */
  readonly spec: string;
  readonly kind: 'prod' | 'dev' | 'optional' | 'peer' | 'peer-optional';
}

/** Where a copy comes from, as far as the lockfile says. */
export interface Source {
  readonly kind: 'registry' | 'git' | 'file' | 'url' | 'unknown';
  readonly resolved: string | null;
  readonly integrity: string | null;
}

/** The name a folder is required by: its part behind the last `node_modules/`. */
export function keyOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
