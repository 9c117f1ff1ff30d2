/**
 * Does something while no other process that shares the forge's folder does it under the same lock file, and takes the
 * lock of a dead one over. Throws a fault of the given code where a live holder keeps it for longer than `ms`.
 */
export type HostLock = <T>(
  path: string,
  work: () => Promise<T>,
  patience: { readonly ms: number; readonly code: 'git-failed' },
) => Promise<T>;

/** The first fetch of a great repository may take so long. */
const patienceMs = 300_000;

/** Does something under a lock file of the forge; throws `git-failed` where the lock is not had within five minutes. */
export function underLock<T>(ground: { readonly lock: HostLock }, path: string, work: () => Promise<T>): Promise<T> {
  return ground.lock(path, work, { ms: patienceMs, code: 'git-failed' });
}
