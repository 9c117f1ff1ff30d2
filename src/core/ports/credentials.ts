import type { Actor } from '../gate/answer.ts';

/** Tokens by which people and agents ask the factory from afar; only their hashes are kept. */
export interface Credentials {
  /** Makes a token and tells it once. Throws `usage` for a name that is taken or no name. */
  add(holder: Actor): Promise<{ readonly token: string }>;
  list(): Promise<readonly (Actor & { readonly since: string })[]>;
  /** Returns whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Who holds a token, or null. */
  who(token: string): Promise<Actor | null>;
}
