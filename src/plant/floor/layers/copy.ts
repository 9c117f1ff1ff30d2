import { join } from 'node:path';
import { workspaceFault } from '../fault.ts';
import type { Place } from '../place/places.ts';
import { capture } from '../spawn/spawn.ts';
import type { Start } from '../spawn/spawn.ts';
import type { Layer, Layers, SealedBase } from './layer.ts';

/**
 * A copy of the base for every workspace, by reference where the file system can. Never by hard links: who writes into
 * one would write into the base.
 *
 * @param why Why there is no overlay.
 */
export function copies(env: Readonly<Record<string, string>>, why: string): Layers {
  return {
    method: 'copy',
    why,
    async lay(place, base, user) {
      await copyTree({ from: base.tree, to: place.tree, env }, user);
      return copied(place, base);
    },
    again: async (place, base) => copied(place, base),
  };
}

function copied({ tree }: Place, { key, tree: base }: SealedBase): Layer {
  return { method: 'copy', key, at: tree, git: join(base, '.git'), enter: (start) => start };
}

interface Copying {
  readonly from: string;
  readonly to: string;
  readonly env: Readonly<Record<string, string>>;
}

async function copyTree({ from, to, env }: Copying, user: Start['user']): Promise<void> {
  // macOS clones with -c; GNU cp says --reflink; a small cp knows neither and copies.
  const ways = process.platform === 'darwin' ? [['-Rpc'], ['-Rp']] : [['-a', '--reflink=auto'], ['-a']];
  let said = '';
  for (const flags of ways) {
    const { code } = await capture({ argv: ['cp', ...flags, `${from}/.`, to], cwd: '/', env, user: null });
    if (code === 0) return await own({ to, env }, user);
    said = `cp ended with ${code}`;
  }
  throw workspaceFault(new Error(said), `copying the base ${from}`);
}

async function own({ to, env }: Pick<Copying, 'to' | 'env'>, user: Start['user']): Promise<void> {
  if (user === null) return;
  const { code } = await capture({ argv: ['chown', '-RhP', `${user.uid}:${user.gid}`, to], cwd: '/', env, user: null });
  if (code !== 0) throw workspaceFault(new Error(`chown ended with ${code}`), `giving ${to} to its user`);
}
