export { findWall } from './find-wall.ts';
export type { FoundWall, Tried, WallSearch } from './find-wall.ts';
export { requiredClaims } from './canary/claims.ts';
export { keyringFilter } from './keyring-filter.ts';
export { forwarderProgram } from './forwarder.ts';
export { nodeFolders } from './node-folders.ts';
export { notStarted } from './not-started.ts';
export { wayOutPort } from './wall.ts';
export type { Confinement, Wall } from './wall.ts';
