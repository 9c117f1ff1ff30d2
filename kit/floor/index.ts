export { floorContract } from './floor-contract.ts';
export type { FloorUnderTest } from './floor-contract.ts';
export { isRunning } from './is-running.ts';
export { otherOwner, serveOwner } from './other-owner.ts';
export type { OtherOwner } from './other-owner.ts';
export { pidsIn, startSh } from './started-contract.ts';
