export { diffLocks } from './diff.ts';
export { explainMoves, isAnswered } from './explain.ts';
export { keepShape } from './keep-shape.ts';
export { keyOf, type Lock, type LockCopy } from './lock.ts';
export { readLock } from './read-lock.ts';
export { requestersOf, resolve } from './resolve.ts';
