export { blobsContract, type BlobsUnderTest } from './contract.ts';
export { memoryBlobs } from './memory.ts';
