// The rooms inside have doors of their own, for what is rarely asked: manifest/, lock/, osv/, release/.
export { diffLocks, explainMoves, readLock, resolve, type Lock } from './lock/index.ts';
export { copiesOf } from './lock/resolve.ts';
export { directDependencies, readManifest } from './manifest/index.ts';
export { matchAdvisory } from './osv/index.ts';
export { chooseRelease } from './release/index.ts';
