export { floorContract } from './floor-contract.ts';
export type { FloorUnderTest } from './floor-contract.ts';
export { isRunning } from './is-running.ts';
