export { blobTable, type BlobTable } from './blob-table.ts';
export { openBlobs } from './blobs.ts';
export { openFeed, type FeedDatabase, type OpenFeed } from './feed.ts';
export { openLedger, type LedgerDatabase } from './ledger.ts';
