import { engineContract } from './contract.ts';
import { memoryEngine } from './memory.ts';
import { memoryWorkflows } from './store.ts';

engineContract('the engine in memory', async (workflow) => {
  const store = memoryWorkflows();
  return { open: async () => memoryEngine(workflow, store), close: async () => {} };
});
