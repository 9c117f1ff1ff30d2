export { ClientTransactions, type ClientPool, type OpenTransaction } from './client-transactions.ts';
export { ledgerContract, type LedgerUnderTest } from './contract.ts';
export { memoryLedger, type MemoryLedger } from './memory.ts';
export { sampleEvent, sampleGate, sampleOf, sampleRun, sampleStart, sampleTime, sampleVerdict } from './samples.ts';
