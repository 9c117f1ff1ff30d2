import { memoryLedger } from '../ledger/index.ts';
import { memoryTransactions } from '../tx/index.ts';
import { feedContract } from './contract.ts';
import { memoryFeed } from './memory.ts';

feedContract('the feed in memory', async () => {
  const ledger = memoryLedger();
  return { feed: memoryFeed(ledger), ledger, ...memoryTransactions(), close: async () => {} };
});
