export { inScope, judgeAdvisory, npmNames } from './judge-advisory.ts';
export { judgeDependency, type Judgement } from './judge-dependency.ts';
export { surveyProject, usesOf, type Project } from './project.ts';
export { advisorySeed, dependencySeed, readPolicy, realName, seedOfPackage, sweep, type Asked, type Sweep } from './seeds.ts';
export { readAdvisories } from './read-advisories.ts';
