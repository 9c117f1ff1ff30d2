export { clockContract } from './clock-contract.ts';
export type { ClockUnderTest } from './clock-contract.ts';
export { manualClock } from './manual-clock.ts';
export type { ManualClock } from './manual-clock.ts';
