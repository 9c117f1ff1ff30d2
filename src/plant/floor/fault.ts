import { JidokaError, isJidokaError } from '../../core/base/error.ts';

/** Turns what the file system says into a fault of the floor: `disk-full` or `workspace-failed`. */
export function workspaceFault(error: unknown, doing: string): JidokaError {
  if (isJidokaError(error)) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new JidokaError('disk-full', `The disk is full while ${doing}: ${text}`, {
      mend: 'Free some space and run this again; what was done before is kept.',
      cause: error,
    });
  }
  return new JidokaError('workspace-failed', `Failed ${doing}: ${text}`, {
    mend: 'Run it again; look at the rights and the free space of the folder named.',
    cause: error,
  });
}

/** The fault of a path that would leave the workspace. */
export function pathRefused(path: string, why: string): JidokaError {
  return new JidokaError('workspace-failed', `The path ${JSON.stringify(path)} is refused: ${why}.`, {
    mend: 'Name a path below the root of the workspace.',
  });
}
