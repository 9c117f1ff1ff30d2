export { findLimiter } from './find-limiter.ts';
export type { Limiter, LimiterOptions, LimitGroup } from './limiter.ts';
export { notEnclosed } from './join-script.ts';
export { watchDisk } from './watch-disk.ts';
export type { DiskWatch, DiskWatched } from './watch-disk.ts';
