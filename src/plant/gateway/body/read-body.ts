import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export type ReadBody = { readonly kind: 'body'; readonly bytes: Buffer } | { readonly kind: 'too-large' } | { readonly kind: 'cut' };

/** Reads a body up to a limit; of one that is longer nothing is kept, and its connection is the caller's to close. */
export async function readBody(message: Readable & Pick<IncomingMessage, 'headers'>, most: number): Promise<ReadBody> {
  if (Number(message.headers['content-length'] ?? 0) > most) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'cut' };
  }
  const [only] = chunks;
  return { kind: 'body', bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks) };
}
