import { agentStoreContract, memoryAgents } from './index.ts';

agentStoreContract('memory', async () => ({ store: memoryAgents(), end: async () => undefined }));
