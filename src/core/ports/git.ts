import type { Command, Conversation } from './process.ts';

/** A tree of a workspace as git's wire protocol reaches it: whatever git has to do there runs inside, behind the floor's walls. */
export interface GitTree {
  /** Folder of the tree as commands see it. */
  readonly root: string;
  /** Folder, as commands see it, of the git folder that the tree began with and no command can have changed; null where there is none. */
  readonly base: string | null;
  converse(command: Command): Promise<Conversation>;
}

/** One commit of a repository that the factory keeps. */
export interface GitSource {
  readonly commit: string;
  /** Makes an empty tree a repository of that one commit, without remotes. Throws `git-failed`, `invariant` for a tree that is not empty. */
  plant(tree: GitTree): Promise<void>;
  /**
   * Makes a filled tree ready to be sealed: git is quick in what is laid over it, and what its setup left is told later
   * from what a job did.
   */
  settle(tree: GitTree): Promise<void>;
}

/** Takes what a tree has become, and believes nothing of it: every object is checked before it is looked at. */
export interface GitSink<T> {
  /** Throws `git-failed`, `disk-full`. */
  take(tree: GitTree): Promise<T>;
}
