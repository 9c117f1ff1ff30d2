export { scopeFact } from './check-scope.ts';
export { globMatcher } from './glob.ts';
export { readPatch } from './patch.ts';
export type { AddedLine, PatchFile } from './patch.ts';
export { pathFault } from './path.ts';
