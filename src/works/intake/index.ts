export { inScope, judgeAdvisory } from './judge-advisory.ts';
export type { Judgement } from './judge-dependency.ts';
export { judgePackage } from './judge-package.ts';
export { surveyProject, type Project } from './project.ts';
export { advisorySeed, dependencySeed, readPolicy, seedOfPackage, sweep, type Asked, type Sweep } from './seeds.ts';
export { readAdvisories } from './read-advisories.ts';
