export { commitWith, memoryTransactions, rollbackWith, type MemoryTransactions } from './memory-tx.ts';
