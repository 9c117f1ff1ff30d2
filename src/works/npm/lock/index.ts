export { diffLocks } from './diff.ts';
export { explainMoves, isAnswered } from './explain.ts';
export { keepSources } from './keep-sources.ts';
export type { Lock, LockCopy, LockNode } from './lock.ts';
export { readLock } from './read-lock.ts';
export { copiesOf, resolve } from './resolve.ts';
