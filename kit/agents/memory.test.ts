import { agentStoreContract, loginsContract, memoryAgents, memoryLogins } from './index.ts';

agentStoreContract('memory', async () => ({ store: memoryAgents(), end: async () => undefined }));

loginsContract('memory', async () => {
  const logins = memoryLogins();
  const logIn = async (isIn: boolean): Promise<void> => logins.logIn('codex', isIn ? 'https://api.example' : null);
  return { logins, others: logins, logIn, end: async () => undefined };
});
