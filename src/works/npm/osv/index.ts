export { matchAdvisory } from './match.ts';
export { affectedNames, fixedVersions, isAffected } from './range.ts';
