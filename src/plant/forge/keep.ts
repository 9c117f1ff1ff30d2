import { isJidokaError } from '../../core/base/error.ts';
import type { Published } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { inside } from './mirror.ts';
import type { Ground } from './mirror.ts';

/** Writes into the target, or keeps what it should have got: a target that cannot be reached now must not lose it. */
export async function writeOrKeep(write: () => Promise<Published>, keep: (why: string) => Promise<Published>): Promise<Published> {
  try {
    return await write();
  } catch (error) {
    if (isJidokaError(error) && error.code === 'git-failed') return keep(error.message);
    throw error;
  }
}

/** Points a ref of the mirror to what the target did not take, and says where it is. */
export async function keepInMirror(
  ground: Ground,
  what: { readonly repository: RepositorySnapshot; readonly mirror: string; readonly ref: string; readonly commit: string },
  why: string,
): Promise<Published> {
  const { repository, mirror, ref, commit } = what;
  await ground.git.must(['update-ref', ref, commit], inside(mirror));
  const held = `${repository.location} did not take it: ${why.replace(/\.?$/, '.')} ${ref} is kept in ${mirror}.`;
  ground.log(held);
  return { location: mirror, ref, commit, held };
}
