import type { Start } from '../spawn/spawn.ts';
import type { Place } from '../place/places.ts';

/** How the tree of one workspace stands on its base. */
export interface Layer {
  /** `none` without a base; `overlay` shows the base and keeps what changes; `copy` has a copy of it. */
  readonly method: 'none' | 'overlay' | 'copy';
  /** Digest of the base; null where there is none. */
  readonly key: string | null;
  /** Where this process finds the tree; its commands find it at its own place. */
  readonly at: string;
  /** The git folder of the base, which no command of the workspace can change; null where there is none. */
  readonly git: string | null;
  /** The start that runs argv where the tree is, as the user of its commands. */
  enter(start: Pick<Start, 'argv' | 'user'>): Pick<Start, 'argv' | 'user'>;
}

/** A base that is sealed, and who owns its files. */
export interface SealedBase {
  readonly key: string;
  /** Folder of its tree. */
  readonly tree: string;
  readonly owner: NonNullable<Start['user']>;
}

/** The way in which this floor lays trees over bases, found by trying. */
export interface Layers {
  readonly method: 'overlay' | 'copy';
  /** Why it is no overlay; '' where it is. */
  readonly why: string;
  /** Makes the tree of a new workspace. */
  lay(place: Place, base: SealedBase, user: Start['user']): Promise<Layer>;
  /** The layer of a workspace that an earlier life left, brought back where its mount is gone. */
  again(place: Place, base: SealedBase, user: Start['user']): Promise<Layer>;
}

/** A tree without a base. */
export function noLayer({ tree }: Pick<Place, 'tree'>): Layer {
  return { method: 'none', key: null, at: tree, git: null, enter: (start) => start };
}
