export { advisoriesFact, vulnerableCopiesFact } from './advisory-facts.ts';
export { enginesFact, installScriptsFact, lockFact, type TreePair } from './lock-facts.ts';
export { deprecationsFact, newReleases, releaseAgeFact, type NewRelease } from './release-facts.ts';
export { canaryFact, testsFact } from './test-facts.ts';
export { count, listed } from './words.ts';
