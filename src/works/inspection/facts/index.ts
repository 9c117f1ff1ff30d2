export { vulnerableCopiesFact } from './advisory-facts.ts';
export { dependencyFacts, type DependencySources } from './dependency-facts.ts';
export { canaryFact, testsFact } from './test-facts.ts';
export { count, listed } from './words.ts';
export { dependenciesFact, dependencyMoves, type ManifestSides } from './dependencies-fact.ts';
