import type { PriorTables } from '../../core/gateway/routing/priors.ts';
import type { Line } from '../../core/line/line.ts';
import type { Factory, LineFile } from '../../core/ports/factory.ts';
import type { GatewayDoor } from '../../core/ports/gateway/gateway-door.ts';
import type { ModelTwinFiles } from '../../model-twin.ts';
import type { Settings } from '../config.ts';
import type { VerifyEvidence } from './verify.ts';

/** How a factory is opened. */
export interface Opening {
  /** Its machines start while the rest is loaded: for a process that is sure to need them. */
  readonly ahead: boolean;
}

/** Opens the real factory. Loaded only when a command needs it: it brings the database, the engine and the parsers. */
export async function openFactory(settings: Settings, log: (line: string) => void, opening: Opening = { ahead: false }): Promise<Factory> {
  const config = { ...settings, log };
  const { openMachines } = await import('../../machines.ts');
  const machines = opening.ahead ? openMachines(config) : null;
  machines?.catch(() => undefined); // the first who needs them hears of it
  const { createFactory } = await import('../../factory.ts');
  return createFactory(config, machines);
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

/** Starts a double of model APIs. Throws `scenario-invalid`, `port-taken` and `usage`. */
export type OpenModelTwin = (files: ModelTwinFiles) => Promise<{ readonly url: string; close(): Promise<void> }>;

/** Loads the model twin, which needs no factory and no database. */
export async function loadModelTwin(): Promise<OpenModelTwin> {
  const { openModelTwin } = await import('../../model-twin.ts');
  return openModelTwin;
}

/** Loads the model gateway, which needs no factory; a database only where it shares one with a factory. */
export async function loadGateway(): Promise<GatewayDoor> {
  const [{ readGatewaySettings }, { describeSlots, openGateway, openModelStore }] = await Promise.all([
    import('../../gateway-settings.ts'),
    import('../../gateway.ts'),
  ]);
  return { read: readGatewaySettings, open: openGateway, describe: describeSlots, store: openModelStore };
}

/** What comes with jidoka, without the machines that work on it. */
export interface Shipped {
  /** The lines that come with jidoka, and those of files. Throws `line-invalid`. */
  lines(files: readonly LineFile[]): Promise<readonly Line[]>;
  /** What is publicly known of models. */
  priors(): Promise<PriorTables>;
}

/** Loads what comes with jidoka, which needs no factory and no database. */
export async function loadShipped(): Promise<Shipped> {
  const [{ productLines }, { publicPriors }] = await Promise.all([import('../../product-lines.ts'), import('../../shipped.ts')]);
  return { lines: productLines, priors: publicPriors };
}
