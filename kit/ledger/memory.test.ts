import { memoryTransactions } from '../tx/index.ts';
import { ledgerContract } from './contract.ts';
import { memoryLedger } from './memory.ts';

ledgerContract('the ledger in memory', async (redact) => ({
  ledger: memoryLedger(redact),
  ...memoryTransactions(),
  close: async () => {},
}));
