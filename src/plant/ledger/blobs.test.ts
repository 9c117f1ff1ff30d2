import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobsContract } from '../../../kit/blobs/index.ts';
import { openBlobs } from './blobs.ts';

blobsContract('blobs on disk', async (redact) => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
  return { blobs: openBlobs(folder, redact), close: () => rm(folder, { recursive: true }) };
});

describe('a blob on disk', () => {
  const about = { label: 'x', mediaType: 'text/plain' };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jidoka-blobs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lies two folders deep under its hash, and nothing else is left beside it', async () => {
    const { sha256 } = await openBlobs(folder).put('content', about);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).map(({ name }) => name)).toEqual([sha256]);
    expect(await readdir(join(folder, sha256.slice(0, 2), sha256.slice(2, 4)))).toEqual([sha256]);
  });

  it('is refused once it was changed, and mended by storing it again', async () => {
    const blobs = openBlobs(folder);
    const { sha256 } = await blobs.put('content', about);
    await writeFile(join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256), 'contents');
    await expect(blobs.bytes(sha256)).rejects.toMatchObject({ code: 'evidence-invalid', message: expect.stringContaining('was changed') });
    await blobs.put('content', about);
    expect(await blobs.text(sha256)).toBe('content');
  });
});
