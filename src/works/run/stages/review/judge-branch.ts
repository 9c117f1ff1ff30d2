import type { BranchSeed } from '../../../../core/packet/seed.ts';
import { isDocumentation } from '../../../inspection/review/index.ts';
import { readPatch } from '../../../inspection/scope/index.ts';
import { secretsFact } from '../../../inspection/secrets/index.ts';
import type { Judgement } from '../../../intake/index.ts';
import type { Job } from '../../job.ts';

type Idle = Extract<Judgement, { kind: 'no-op' }>;

/** Says whether a branch has anything to be reviewed by running it, from its difference alone. */
export async function judgeBranch(
  seed: BranchSeed,
  { needs: { forge } }: Job,
): Promise<Idle | { readonly kind: 'go'; readonly attached: readonly string[] }> {
  const { repository, head, base } = seed;
  const { patch, files } = await forge.harvest(repository, { commit: head.commit });
  const sides = [`parting ${repository.baseCommit}`, `head ${head.commit} (${head.ref})`, `base ${base.commit} (${base.ref})`];
  if (files.length === 0) {
    const summary = `${head.ref} has nothing that ${base.ref} has not: no file differs from where they part.`;
    return { kind: 'no-op', rule: 'no-difference', summary, proof: sides, from: null };
  }
  const patched = readPatch(patch);
  if (patched.length > 0 && patched.every(isDocumentation) && secretsFact(patch).outcome === 'holds') {
    const summary = `The ${files.length} changed file(s) hold words for people, nothing that runs, and no secret.`;
    return { kind: 'no-op', rule: 'documentation-only', summary, proof: [...sides, ...files.map(({ path }) => path)], from: null };
  }
  return { kind: 'go', attached: [`${files.length} file(s) differ from ${repository.baseCommit.slice(0, 12)}`] };
}
