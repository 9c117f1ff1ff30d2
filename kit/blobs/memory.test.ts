import { blobsContract } from './contract.ts';
import { memoryBlobs } from './memory.ts';

blobsContract('blobs in memory', async (redact) => ({ blobs: memoryBlobs(redact), close: async () => {} }));
