import type { LedgerDatabase } from './ledger.ts';

/** Where workers on several machines find each other's blobs. */
export interface BlobTable {
  /** Stores content under its hash, durable when it returns; content that is there is left as it is, and counts as new. */
  put(sha256: string, content: Uint8Array): Promise<void>;
  /** The content as stored, to be checked by who reads it; null where there is none. */
  get(sha256: string): Promise<Uint8Array | null>;
}

/** The driver takes bytes as text of twice the length; in slices it never has much of it at once. */
const sliceBytes = 8 * 2 ** 20;

/**
 * The blobs in a database. Those who use a server of our own are on one machine and share its folder: nothing is put
 * there, but what a move from another server brought along is found.
 */
export function blobTable(database: LedgerDatabase & { readonly kind: 'embedded' | 'server' }): BlobTable {
  return {
    async put(sha256, content) {
      if (database.kind === 'embedded') return;
      await database.attempt(async (pool) => {
        const { rowCount } = await pool.query(selectRecent, [sha256]);
        if (rowCount === 1) return;
        await pool.query(putBlob, [sha256, content]);
      });
    },
    async get(sha256) {
      const slices: Buffer[] = [];
      for (let read = 0, length = 1; read < length; read += sliceBytes) {
        const slice = await sliceOf(database, sha256, read);
        if (slice === null) return null;
        slices.push(slice.part);
        length = slice.length;
      }
      return Buffer.concat(slices);
    },
  };
}

// What is put again may be old, and somebody may remove what is old just now: a content that is wanted is never old.
const selectRecent = `select from jidoka.blob where sha256 = $1 and at > now() - interval '1 day'`;
const putBlob = 'insert into jidoka.blob (sha256, bytes) values ($1, $2) on conflict (sha256) do update set at = now()';

interface Slice {
  readonly part: Buffer;
  /** Length of the whole content. */
  readonly length: number;
}

async function sliceOf(database: LedgerDatabase, sha256: string, from: number): Promise<Slice | null> {
  const text = 'select substring(bytes from $2 for $3) as part, octet_length(bytes) as length from jidoka.blob where sha256 = $1';
  const { rows } = await database.attempt((pool) => pool.query<Slice>(text, [sha256, from + 1, sliceBytes]));
  return rows[0] ?? null;
}
