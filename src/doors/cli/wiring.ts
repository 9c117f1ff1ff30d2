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

/** Copies a factory into another database. Throws `move-refused`. */
export type MoveDatabase = (config: Settings & { readonly log: (line: string) => void }, to: string | null) => Promise<MoveReport>;

export interface MoveReport {
  /** Where it was and where it is, for people; without secrets. */
  readonly from: string;
  readonly to: string;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly ms: number;
}

/** Loads what moves a factory between databases. */
export async function loadMove(): Promise<MoveDatabase> {
  const { moveDatabase } = await import('../../move-database.ts');
  return moveDatabase;
}
