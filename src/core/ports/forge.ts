import type { ChangedFile } from '../evidence/event.ts';
import type { RepositorySnapshot } from '../packet/seed.ts';
import type { Workspace } from './floor.ts';
import type { GitSource } from './git.ts';

/** Git: reads the target, fills workspaces, harvests changes, writes results back. Never runs git of this host in a tree of a workspace. */
export interface Forge {
  /**
   * Looks at a path or URL and freezes it at its current commit, mirrored into the factory.
   * Throws `repository-invalid` (no repository, no commit, path missing), `git-missing`, `git-failed`.
   */
  open(location: string): Promise<RepositorySnapshot>;
  /** Text of a file at the base commit, path relative to the repository root; null where there is none. */
  read(repository: RepositorySnapshot, path: string): Promise<string | null>;
  /** All file paths at the base commit, relative to the repository root. */
  list(repository: RepositorySnapshot): Promise<readonly string[]>;
  /** The base commit, to be sent into a workspace or a base of the floor. */
  source(repository: RepositorySnapshot): GitSource;
  /**
   * The difference between the base commit and the tree of a workspace, or another commit of the target, as a binary-safe
   * patch; files of a workspace that the base ignores are not part of it.
   */
  harvest(repository: RepositorySnapshot, from: Pick<Workspace, 'harvest'> | { readonly commit: string }): Promise<Change>;
  /** Lays a patch over a tree that holds the base commit; returns the paths it wrote. Throws `git-failed` where it does not apply. */
  apply(repository: RepositorySnapshot, patch: string, into: Pick<Workspace, 'root' | 'converse'>): Promise<readonly string[]>;
  /** The part of a patch that touches only paths for which `keep` is true. */
  filter(repository: RepositorySnapshot, patch: string, keep: (path: string) => boolean): Promise<Change>;
  /** Makes the commit and its branch in the target, by compare-and-swap; doing it twice gives the same commit. */
  publish(repository: RepositorySnapshot, change: Publication): Promise<Published>;
  /** Stores files as an immutable commit under a ref of the target; doing it twice gives the same commit. */
  attach(repository: RepositorySnapshot, record: Attachment): Promise<Published>;
  /** Where the target already has such a result, or null; writes nothing there. */
  locate(repository: RepositorySnapshot, result: Publication | Attachment): Promise<Published | null>;
  /** The commit a ref of the target points to, or null. */
  resolve(repository: RepositorySnapshot, ref: string): Promise<string | null>;
  readonly history: History;
}

/** How the commits of a target lie to each other. */
export interface History {
  /**
   * Finds two commits of a target by branch, tag, commit or full ref, and freezes it at the one where they part. Without a
   * base it is the default branch of the target; of several heads the first that is there counts.
   * Throws what `Forge.open` throws, `ref-unknown`, `histories-apart`.
   */
  compare(location: string, wanted: { readonly heads: readonly string[]; readonly base: string | null }): Promise<Comparison>;
  /**
   * A commit of the history that led to the base, or the base itself, by its name or the beginning of it; null where that
   * history has none or several of the name. Throws `git-failed` where the target cannot be read.
   */
  ancestor(repository: RepositorySnapshot, name: string): Promise<Ancestor | null>;
}

export interface Ancestor {
  readonly commit: string;
  /** What it was made on: the first of its parents; null for the very first commit. */
  readonly parent: string | null;
}

/** Two commits of a target, and where they part. */
export interface Comparison {
  /** Its base commit is where they part. */
  readonly repository: RepositorySnapshot;
  readonly head: NamedCommit;
  readonly base: NamedCommit;
}

export interface NamedCommit {
  /** As it was asked for, or as the target calls it. */
  readonly ref: string;
  readonly commit: string;
}

/** A change as the factory harvested it. */
export interface Change {
  /** `git diff --binary` against the base commit; '' where nothing changed. */
  readonly patch: string;
  readonly files: readonly ChangedFile[];
}

export interface Publication {
  readonly patch: string;
  /** Branch without refs/heads/. */
  readonly branch: string;
  readonly message: string;
  /** ISO time used as author and committer date, so that the commit is the same when made twice. */
  readonly at: string;
}

export interface Attachment {
  readonly ref: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly message: string;
  readonly at: string;
}

/** Where a ref ended up. `held` says that the target refused it and the factory keeps it in `location` instead. */
export interface Published {
  readonly location: string;
  readonly ref: string;
  readonly commit: string;
  readonly held: string | null;
}
