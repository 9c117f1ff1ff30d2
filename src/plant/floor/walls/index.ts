export { findWall } from './find-wall.ts';
export type { FoundWall, Tried, WallSearch } from './find-wall.ts';
export { requiredClaims } from './claims.ts';
export { forwarderProgram } from './forwarder.ts';
export { nodeFolders } from './node-folders.ts';
export { notStarted } from './not-started.ts';
export type { Claim, Confinement, Wall } from './wall.ts';
