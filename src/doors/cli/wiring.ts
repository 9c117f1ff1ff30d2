import type { Factory } from '../../core/ports/factory.ts';
import type { Settings } from '../config.ts';
import type { VerifyEvidence } from './verify.ts';

/** Opens the real factory. Loaded only when a command needs it: it brings the database, the engine and the parsers. */
export async function openFactory(settings: Settings, log: (line: string) => void): Promise<Factory> {
  const { createFactory } = await import('../../factory.ts');
  return createFactory({ ...settings, log });
}

/** Loads the verifier of evidence, which needs no factory and no database. */
export async function loadVerifier(): Promise<VerifyEvidence> {
  const { verifyEvidence } = await import('../../core/evidence/verify.ts');
  return verifyEvidence;
}
