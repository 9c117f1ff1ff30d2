import { isJidokaError } from '../../../core/base/error.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { BaseRef } from '../../../core/ports/floor.ts';
import { installedBase } from '../../base/index.ts';
import type { Installed } from '../../inspection/tree/index.ts';
import { installCommand } from '../../mechanic/index.ts';
import { withCheckout, withCheckoutOver, withOwnCheckout } from '../checkout.ts';
import type { Job } from '../job.ts';
import { isPinned, mayShare, type Sharing } from './may-share.ts';
import { timeoutOf, type Ready } from './tree-job.ts';

/** A tree that is to have the packages of the base, opened for one use. */
export interface Packaged extends Sharing {
  /** Names the workspace within the stage; null where it is the stage's own. */
  readonly which: string | null;
}

/**
 * Opens a clean checkout of the base commit, over packages that were installed once for all stages of it, where an install
 * of its own could not come out otherwise: the baseline installed at once, and nothing that is looked at then is touched.
 * Elsewhere, and where that one install fails, the checkout is bare. Install scripts, builds and tests are each tree's own.
 */
export async function withPackages<T>(stage: Stage, job: Job, packaged: Packaged, use: (ready: Ready) => Promise<T>): Promise<T> {
  const { which } = packaged;
  const shared = mayShare(packaged) ? await sharedInstall(stage, job, packaged) : null;
  if (shared !== null) {
    const { base: over, installed } = shared;
    return await withCheckoutOver(stage, job, { which, over }, (workspace) => use({ workspace, installed }));
  }
  const bare = (workspace: Ready['workspace']): Promise<T> => use({ workspace, installed: null });
  return which === null ? await withCheckout(stage, job, bare) : await withOwnCheckout(stage, job, which, bare);
}

interface Shared {
  readonly base: BaseRef;
  readonly installed: Installed;
}

async function sharedInstall(stage: Stage, job: Job, { project, record }: Packaged): Promise<Shared | null> {
  const { repository } = project;
  const rung = record?.install.rung ?? '';
  const command = installCommand(rung, { directory: repository.directory, timeoutMs: timeoutOf(stage), preferCache: true });
  if (command === null) return null;
  const { clock } = job.needs;
  const begunMs = clock.monotonicMs();
  job.note(`${stage.id}: taking the packages of the base`);
  try {
    const base = await installedBase(repository, { command, seen: isPinned(project) ? null : (record?.run ?? null) }, job.needs, {
      signal: job.signal,
    });
    return { base, installed: { rung, tried: [`${rung}: installed`], durationMs: Math.round(clock.monotonicMs() - begunMs), message: '' } };
  } catch (error) {
    // What keeps it from being installed is told by the stage's own try.
    if (isJidokaError(error) && error.code === 'setup-failed') return null;
    throw error;
  }
}
