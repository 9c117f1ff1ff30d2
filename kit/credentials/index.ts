export { credentialsContract } from './contract.ts';
export { memoryCredentials } from './memory.ts';
