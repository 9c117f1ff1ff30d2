import type { RepositorySnapshot } from '../../../../core/packet/seed.ts';
import type { Change } from '../../../../core/ports/forge.ts';
import { readPatch, type PatchFile } from '../../../inspection/scope/index.ts';
import type { ManifestSides } from '../../../inspection/facts/index.ts';
import type { Job } from '../../job.ts';

/** A branch as a change: what it has that the commit where it parts from its base has not. */
export interface BranchChange {
  readonly change: Change;
  readonly patched: readonly PatchFile[];
  /** The repository at the head of the branch. */
  readonly atHead: RepositorySnapshot;
}

/** Takes the difference anew from the repository: what was kept of it in the ledger may lack what looked like a secret. */
export async function branchChange(job: Job, head: string): Promise<BranchChange> {
  const { repository } = job.packet.scope;
  const change = await job.needs.forge.harvest(repository, { commit: head });
  return { change, patched: readPatch(change.patch), atHead: { ...repository, baseCommit: head } };
}

/** Texts of changed files as the branch has them; what is gone, linked or binary is left out. */
export async function textsAtHead(
  { patched, atHead }: BranchChange,
  job: Job,
  which: (path: string) => boolean = () => true,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { path, status, binary, newMode } of patched) {
    if (status === 'deleted' || binary || newMode === '120000' || newMode === '160000' || !which(path)) continue;
    const text = await job.needs.forge.read(atHead, path);
    if (text !== null) texts.set(path, text);
  }
  return texts;
}

/** The manifests that a branch changes, on both sides. */
export async function manifestsOf(branch: BranchChange, job: Job): Promise<readonly ManifestSides[]> {
  const paths = branch.patched.flatMap(({ path, from }) => [path, ...(from === null ? [] : [from])]).filter(isManifest);
  const sides = [...new Set(paths)].map(async (path) => ({
    path,
    before: await job.needs.forge.read(job.packet.scope.repository, path),
    after: await job.needs.forge.read(branch.atHead, path),
  }));
  return await Promise.all(sides);
}

function isManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path) && !path.includes('node_modules/');
}
