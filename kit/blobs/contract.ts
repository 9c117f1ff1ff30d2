import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isJidokaError } from '../../src/core/base/error.ts';
import type { Blobs } from '../../src/core/ports/blobs.ts';

/** A blob store under test and the way to put it away. */
export interface BlobsUnderTest {
  readonly blobs: Blobs;
  close(): Promise<void>;
}

const text = { label: 'a text', mediaType: 'text/plain' };
const binary = { label: 'some bytes', mediaType: 'application/octet-stream' };
const secret = 'hunter2hunter2';
const redact = (content: string): string => content.replaceAll(secret, '[redacted]');

/**
 * What every blob store promises. `make` is called once, with the redaction the store must apply to text.
 *
 * @example
 * blobsContract('blobs in memory', async (redact) => ({ blobs: memoryBlobs(redact), close: async () => {} }));
 */
export function blobsContract(name: string, make: (redact: (text: string) => string) => Promise<BlobsUnderTest>): void {
  describe(name, () => {
    let under: BlobsUnderTest;
    beforeAll(async () => {
      under = await make(redact);
    });
    afterAll(() => under.close());

    it('gives text and bytes back under their sha256', async () => {
      const ref = await under.blobs.put('grüße\n', text);
      assert.deepEqual(ref, { sha256: hash(Buffer.from('grüße\n')), bytes: 8, ...text });
      assert.equal(await under.blobs.text(ref.sha256), 'grüße\n');
      const bytes = Uint8Array.from([0, 255, 10, 0]);
      const raw = await under.blobs.put(bytes, binary);
      assert.deepEqual([...(await under.blobs.bytes(raw.sha256))], [...bytes]);
    });

    it('stores the empty content', async () => {
      const ref = await under.blobs.put('', text);
      assert.equal(ref.bytes, 0);
      assert.equal(await under.blobs.text(ref.sha256), '');
    });

    it('stores equal content once, also when put at once by many', async () => {
      const content = 'x'.repeat(200_000);
      const refs = await Promise.all(Array.from({ length: 16 }, () => under.blobs.put(content, text)));
      assert.equal(new Set(refs.map(({ sha256 }) => sha256)).size, 1);
      assert.equal(await under.blobs.text(refs[0]?.sha256 ?? ''), content);
    });

    it('redacts text before it is stored, whether it comes as a string or as bytes', async () => {
      for (const content of [`token=${secret}`, Buffer.from(`token=${secret}`)]) {
        const ref = await under.blobs.put(content, text);
        assert.equal(await under.blobs.text(ref.sha256), 'token=[redacted]');
        assert.equal(ref.sha256, hash(Buffer.from('token=[redacted]')));
      }
    });

    it('leaves bytes that are no text as they are', async () => {
      const content = Buffer.concat([Buffer.from([255, 254]), Buffer.from(secret)]);
      for (const about of [text, binary]) {
        const ref = await under.blobs.put(content, about);
        assert.equal(ref.sha256, hash(content));
      }
    });

    it('throws evidence-invalid for a hash it does not know, and for text that is no hash', async () => {
      for (const unknown of [hash(Buffer.from('never put')), '../../etc/passwd', '']) {
        await assert.rejects(under.blobs.bytes(unknown), (e) => isJidokaError(e) && e.code === 'evidence-invalid');
        await assert.rejects(under.blobs.text(unknown), (e) => isJidokaError(e) && e.code === 'evidence-invalid');
      }
    });
  });
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
