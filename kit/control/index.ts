export { controlContract, type ControlUnderTest } from './contract.ts';
export { memoryControl } from './memory-control.ts';
