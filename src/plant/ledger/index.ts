export { openBlobs } from './blobs.ts';
export { openLedger, type LedgerDatabase } from './ledger.ts';
