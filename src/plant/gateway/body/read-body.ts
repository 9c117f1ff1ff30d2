import type { Arriving } from '../upstream/incoming.ts';

export type ReadBody = { readonly kind: 'body'; readonly bytes: Buffer } | { readonly kind: 'too-large' } | { readonly kind: 'cut' };

/**
 * Reads a body up to a limit, and tells of each piece. Of one that is longer nothing is kept: it stands still, and is the caller's to close,
 * or to let run out.
 */
export async function readBody(arriving: Arriving, most: number, heard: () => void = () => undefined): Promise<ReadBody> {
  if (Number(arriving.headers['content-length'] ?? 0) > most) return { kind: 'too-large' };
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    let isTooLarge = false;
    arriving.listen({
      piece(bytes) {
        if (isTooLarge) return;
        heard();
        length += bytes.length;
        if (length <= most) return void pieces.push(bytes);
        isTooLarge = true;
        pieces.length = 0;
        arriving.pause();
        resolve({ kind: 'too-large' });
      },
      over() {
        const [only] = pieces;
        if (!arriving.complete) resolve({ kind: 'cut' });
        else resolve({ kind: 'body', bytes: pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, length) });
      },
    });
  });
}
