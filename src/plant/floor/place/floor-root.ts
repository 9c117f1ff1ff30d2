import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Folder that workspaces live in. Commands of a factory that runs as root are run as another user, who cannot look
 * into root's home; so root's workspaces live outside of it, apart for each home.
 *
 * @example
 * floorRoot('/home/ada/.jidoka', 1000); // '/home/ada/.jidoka/work'
 */
export function floorRoot(home: string, uid: number | undefined): string {
  if (uid !== 0) return join(home, 'work');
  const digest = createHash('sha256').update(home).digest('hex');
  return join('/var/lib/jidoka', digest.slice(0, 12), 'work');
}
