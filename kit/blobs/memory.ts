import { createHash } from 'node:crypto';
import { JidokaError } from '../../src/core/base/error.ts';
import type { Blobs } from '../../src/core/ports/blobs.ts';

/**
 * Makes a blob store that lives in this process and passes the same conformance suite as the one on disk.
 *
 * @example
 * const blobs = memoryBlobs();
 * const { sha256 } = await blobs.put('hello', { label: 'greeting', mediaType: 'text/plain' });
 */
export function memoryBlobs(redact: (text: string) => string = (text) => text): Blobs {
  const store = new Map<string, Buffer>();

  const bytes = async (sha256: string): Promise<Buffer> => {
    const content = store.get(sha256);
    if (content === undefined) {
      throw new JidokaError('evidence-invalid', `No blob has the hash ${sha256}.`, { mend: 'Run the job again.' });
    }
    return Buffer.from(content);
  };

  return {
    async put(content, about) {
      const stored = Buffer.from(typeof content === 'string' ? redact(content) : redactBytes(content, about.mediaType, redact));
      const sha256 = createHash('sha256').update(stored).digest('hex');
      store.set(sha256, stored);
      return { sha256, bytes: stored.length, ...about };
    },
    bytes,
    text: async (sha256) => (await bytes(sha256)).toString('utf8'),
  };
}

function redactBytes(content: Uint8Array, mediaType: string, redact: (text: string) => string): Uint8Array | string {
  if (!mediaType.startsWith('text/') && !mediaType.startsWith('application/json')) return content;
  const text = Buffer.from(content).toString('utf8');
  return Buffer.from(text, 'utf8').equals(content) ? redact(text) : content;
}
