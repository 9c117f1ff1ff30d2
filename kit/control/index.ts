export { memoryControl } from './memory-control.ts';
