export { hearCalls, type HeardCall } from './trace-calls.ts';
