import type { VulnerableCopy } from '../../core/evidence/fact.ts';
import type { AdvisorySeed } from '../../core/packet/seed.ts';
import { matchAdvisory } from '../npm/osv/index.ts';
import type { Plan } from './attempt.ts';
import type { Bench } from './bench.ts';
import { lockOf, type Tree } from './project.ts';
import type { Lookup } from './reach.ts';

/** A repair as every rung sees it. */
export interface Patient {
  readonly bench: Bench;
  readonly seed: AdvisorySeed;
  readonly releases: Lookup;
  /** Node version of the floor; null where it is not known. */
  readonly node: string | null;
}

/** One kind of intervention. */
export interface Rung {
  readonly name: string;
  /** Ways to try, the one that should move least first; empty where this rung reaches nothing. */
  readonly plans: (patient: Patient, tree: Tree, left: readonly VulnerableCopy[]) => Promise<readonly Plan[]>;
}

/** Copies in a tree that the advisory is about and the scope asks for. */
export function leftIn({ bench: { project }, seed: { advisory, scope } }: Patient, tree: Tree): readonly VulnerableCopy[] {
  return matchAdvisory(advisory, lockOf(project, tree)).filter(({ dev }) => scope === 'all' || dev === (scope === 'dev'));
}
