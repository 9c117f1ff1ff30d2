import type { Digest } from '../../../core/base/ids.ts';
import type { BaseOrder, Workspace } from '../../../core/ports/floor.ts';

/** What a floor does for whoever builds a base on it, near or over a wire. */
export interface BaseKeeper {
  /** True where the base of a key is sealed. */
  find(key: Digest): Promise<boolean>;
  /** Begins to build one; null where somebody else builds it now, or has sealed it meanwhile. */
  begin(key: Digest, limits: BaseOrder['limits']): Promise<BaseBuilding | null>;
}

/** A base that is being built, by one process at a time. */
export interface BaseBuilding {
  /** The workspace that becomes the base. */
  readonly workspace: Workspace;
  /** Makes the base of what its workspace has become, which is no workspace any more. */
  seal(): Promise<void>;
  /** Forgets it with all that it has become. */
  abandon(): Promise<void>;
}
