import { credentialsContract, memoryCredentials } from './index.ts';

credentialsContract('the credentials in memory', async () => memoryCredentials());
