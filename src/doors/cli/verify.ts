import { createHash } from 'node:crypto';
import { parseDigest } from '../../core/base/ids.ts';
import type { Verification, VerifierHost, verifyEvidence } from '../../core/evidence/verify.ts';
import { readBundle } from './bundle-files.ts';

export type VerifyEvidence = typeof verifyEvidence;

/**
 * Verifies the evidence in a folder, a tar archive or beside a bundle.json, with nothing but this machine.
 * With `head`, the chain must also end there. Throws `evidence-invalid` where nothing can be read.
 */
export async function verifyBundleAt(path: string, options: { readonly head?: string }, verify: VerifyEvidence): Promise<Verification> {
  return verify(await readBundle(path), options, host);
}

const host: VerifierHost = {
  sha256: (content) => parseDigest(createHash('sha256').update(content).digest('hex')),
  decode: (bytes) => new TextDecoder().decode(bytes),
};
