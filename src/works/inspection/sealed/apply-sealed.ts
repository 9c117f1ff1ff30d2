import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import type { Change, Forge } from '../../../core/ports/forge.ts';
import { JidokaError } from '../../../core/base/error.ts';
import type { TestPlan } from '../runner/types.ts';
import { pathFault } from '../scope/index.ts';
import { lockObjections } from './lock-objections.ts';
import { isManifest, sealChange } from './seal-change.ts';
import type { Withheld } from './seal-change.ts';
import { sealManifest } from './seal-manifest.ts';

export interface SealedJob {
  readonly forge: Pick<Forge, 'filter' | 'apply' | 'read'>;
  readonly repository: RepositorySnapshot;
  /** Holds a clean checkout of the base and nothing that the station wrote. */
  readonly workspace: Workspace;
  readonly change: Change;
  /** Tests that the factory keeps and no station has seen, laid over the result. Paths from the root. */
  readonly sealed: readonly { readonly path: string; readonly content: string }[];
  readonly plan: Pick<TestPlan, 'directory' | 'files'> | null;
  /** Members of package.json, beside the packages, that the packet lets the change touch: `exports`, `main`. */
  readonly manifestMembers?: readonly string[];
}

/**
 * Makes the tree that is verified: the base, the unprotected part of the change, the sealed tests. What is withheld
 * is reported with the reason; no test that follows speaks for it.
 *
 * @throws `git-failed` where the patch does not apply to the base.
 */
export async function applySealed(job: SealedJob): Promise<{ applied: string[]; withheld: Withheld[] }> {
  const { forge, repository, workspace, change } = job;
  const part = sealChange(change, job.plan);
  const taken = await forge.filter(repository, change.patch, (path) => part.apply.has(path) || part.merge.has(path));
  const written = taken.patch === '' ? [] : await forge.apply(repository, taken.patch, workspace);
  const withheld = [...part.withheld];
  for (const path of part.merge) withheld.push(...(await mergePackages(job, path)));
  for (const { path, content } of job.sealed) await workspace.files.write(safe(path), content);
  return { applied: [...written], withheld };
}

/** Takes back from a manifest or lockfile what is more than moved packages. */
async function mergePackages(job: SealedJob, path: string): Promise<readonly Withheld[]> {
  const base = await job.forge.read(job.repository, path);
  const changed = (await job.workspace.files.read(path)) ?? '';
  if (isManifest(path)) {
    const sealed = sealManifest(path, base ?? '', changed, job.manifestMembers);
    if (sealed.text !== changed) await job.workspace.files.write(path, sealed.text);
    return sealed.withheld;
  }
  const objections = lockObjections(base, changed);
  if (objections.length === 0) return [];
  if (base === null) await job.workspace.files.remove(path);
  else await job.workspace.files.write(path, base);
  return objections.map((why) => ({ path, kind: 'lock', why }));
}

function safe(path: string): string {
  const fault = pathFault(path);
  if (fault === null) return path;
  throw new JidokaError('invariant', `Sealed test path "${path}": ${fault}.`, { mend: 'Give sealed tests paths inside the repository.' });
}
