import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export type ReadBody = { readonly kind: 'body'; readonly bytes: Buffer } | { readonly kind: 'too-large' } | { readonly kind: 'cut' };

/** Reads a body up to a limit; of one that is longer nothing is kept, and its connection is the caller's to close. */
export async function readBody(message: Readable & Pick<IncomingMessage, 'headers'>, most: number): Promise<ReadBody> {
  if (Number(message.headers['content-length'] ?? 0) > most) return { kind: 'too-large' };
  if (message.destroyed) return { kind: 'cut' };
  // By its events: to iterate over it costs as much as all else that is done for a short body.
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= most) return;
      message.off('data', take);
      message.pause();
      resolve({ kind: 'too-large' });
    };
    const cut = (): void => resolve({ kind: 'cut' });
    message.on('data', take);
    message.once('end', () => {
      const [only] = chunks;
      resolve({ kind: 'body', bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length) });
    });
    message.once('error', cut);
    message.once('close', cut);
  });
}
