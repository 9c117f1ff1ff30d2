import { beforeAll, describe, expect, it } from 'vitest';
import { kinds, type Kind } from './kinds.ts';
import { prove, type Extent, type Proof } from './proof.ts';

/** Proves as much as is asked for, and says so kind by kind; `seen` is given what came of it. */
export function crashSuite(
  extent: Extent,
  { limitMs, seen }: { readonly limitMs: number; readonly seen?: (proof: Proof) => Promise<void> },
): void {
  let proof: Proof;
  beforeAll(async () => {
    proof = await prove(extent);
    await seen?.(proof);
  }, limitMs);
  const isWanted = (kind: Kind): boolean => (kind === 'three-workers' ? extent.triples > 0 : true);
  const tried = kinds.filter((kind) => (extent.only === null ? isWanted(kind) : extent.only.startsWith(`${kind}:`)));

  describe(`a run of which everything is killed (seed ${extent.seed})`, () => {
    it.each(tried)('comes to the end that it comes to undisturbed: %s', (kind) => {
      const trials = proof.tried.filter((each) => each.kind === kind);
      expect(trials.length).toBeGreaterThan(0);
      const failed = trials.filter(({ faults }) => faults.length > 0).map(({ name, faults }) => [name, ...faults].join('\n'));
      expect(failed).toEqual([]);
    });

    it('leaves a feed that told everything once, and nothing on the floor', () => {
      expect(proof.faults).toEqual([]);
    });
  });
}
