import type { Factory } from '../../core/ports/factory.ts';
import type { Settings } from '../config.ts';
import type { VerifyEvidence } from './verify.ts';

type CreateFactory = (config: Settings & { readonly log: (line: string) => void }) => Promise<Factory>;

/** Opens the real factory. Loaded only when a command needs it: it brings the database, the engine and the parsers. */
export async function openFactory(settings: Settings, log: (line: string) => void): Promise<Factory> {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const { createFactory } = (await import(new URL(`../../factory${extension}`, import.meta.url).href)) as { createFactory: CreateFactory };
  return createFactory({ ...settings, log });
}

/** Loads the verifier of evidence, which needs no factory and no database. */
export async function loadVerifier(): Promise<VerifyEvidence> {
  const { verifyEvidence } = await import('../../core/evidence/verify.ts');
  return verifyEvidence;
}
