import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import type { Change, Forge } from '../../../core/ports/forge.ts';
import type { ManifestSides } from '../facts/index.ts';
import { readPatch, type PatchFile } from '../scope/index.ts';

/** A branch as a change: what it has that the commit where it parts from its base has not. */
export interface BranchChange {
  readonly change: Change;
  readonly patched: readonly PatchFile[];
  /** The repository at the commit where the branch parts from its base, and at its head. */
  readonly repository: RepositorySnapshot;
  readonly atHead: RepositorySnapshot;
}

type Reads = Pick<Forge, 'read'>;

/** Takes the difference from the repository itself: what is kept of it in the ledger may lack what looked like a secret. */
export async function branchChange(forge: Pick<Forge, 'harvest'>, repository: RepositorySnapshot, head: string): Promise<BranchChange> {
  const change = await forge.harvest(repository, { commit: head });
  return { change, patched: readPatch(change.patch), repository, atHead: { ...repository, baseCommit: head } };
}

/** Texts of changed files as the branch has them; what is gone, linked or binary is left out. */
export async function textsAtHead(forge: Reads, { patched, atHead }: BranchChange): Promise<ReadonlyMap<string, string>> {
  const files = patched.filter(
    ({ status, binary, newMode }) => status !== 'deleted' && !binary && newMode !== '120000' && newMode !== '160000',
  );
  const read = files.map(async ({ path }) => [path, await forge.read(atHead, path)] as const);
  return new Map((await Promise.all(read)).flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])));
}

/** The manifests that a branch changes, on both sides. */
export async function manifestsOf(forge: Reads, { patched, repository, atHead }: BranchChange): Promise<readonly ManifestSides[]> {
  const paths = patched.flatMap(({ path, from }) => [path, ...(from === null ? [] : [from])]).filter(isManifest);
  const sides = [...new Set(paths)].map(async (path) => ({
    path,
    before: await forge.read(repository, path),
    after: await forge.read(atHead, path),
  }));
  return await Promise.all(sides);
}

function isManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path) && !path.includes('node_modules/');
}
