export { ledgerContract, type LedgerUnderTest } from './contract.ts';
export { memoryLedger } from './memory.ts';
export { sampleEvent, sampleOf, sampleRun, sampleStart, sampleTime } from './samples.ts';
