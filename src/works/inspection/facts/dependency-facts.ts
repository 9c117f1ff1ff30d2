import type { Fact } from '../../../core/evidence/fact.ts';
import type { Advisory } from '../../../core/packet/seed.ts';
import type { AdvisorySource } from '../../../core/ports/advisories.ts';
import type { Registry } from '../../../core/ports/registry.ts';
import { advisoriesFact } from './advisory-facts.ts';
import { enginesFact, installScriptsFact, lockFact, type TreePair } from './lock-facts.ts';
import { deprecationsFact, newReleases, releaseAgeFact } from './release-facts.ts';

/** Who and what is asked about the packages that moved. */
export interface DependencySources {
  readonly registry: Registry;
  readonly advisories: AdvisorySource;
  /** OSV advisories given with the request. */
  readonly given: readonly Advisory[];
  /** Node version of the floor. */
  readonly node: string;
  readonly minimumReleaseAgeDays: number;
  readonly now: string;
}

/** Everything a dependency tree says before and after a change: moves, scripts, engines, deprecations, ages, advisories. */
export async function dependencyFacts(pair: TreePair, sources: DependencySources): Promise<readonly Fact[]> {
  const releases = await newReleases(pair.before, pair.after, sources.registry);
  return [
    lockFact(pair),
    installScriptsFact(pair, releases),
    enginesFact(pair, sources.node),
    deprecationsFact(releases),
    releaseAgeFact(releases, sources.minimumReleaseAgeDays, sources.now),
    await advisoriesFact(pair.before, pair.after, sources.given, sources.advisories),
  ];
}
