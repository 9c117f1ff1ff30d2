import type { BlobRef } from '../evidence/fact.ts';

/** Content-addressed store for what is too big for an event. Redacts text before it is stored. */
export interface Blobs {
  /** Stores content, durable when it returns. Equal content is stored once. */
  put(content: string | Uint8Array, about: { readonly label: string; readonly mediaType: string }): Promise<BlobRef>;
  /** Reads content back; throws `evidence-invalid` where it is gone or its hash does not match. */
  bytes(sha256: string): Promise<Uint8Array>;
  text(sha256: string): Promise<string>;
}
