// One suite per port, for machines that others write. The suites run under vitest; the rooms beside this file hold the
// honest fakes that pass them.
export { agentStoreContract } from './agents/index.ts';
export { blobsContract } from './blobs/index.ts';
export { clockContract } from './clock/index.ts';
export { egressContract, gitClientContract } from './egress/index.ts';
export { engineContract } from './engine/index.ts';
export { floorContract, wayOutContract } from './floor/index.ts';
export { forgeContract } from './forge/index.ts';
export { ledgerContract } from './ledger/index.ts';
export { registryContract } from './registry/index.ts';
