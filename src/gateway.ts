import { type LiveSetting, withSettings } from './core/gateway/config/setting.ts';
import { placeOfKey } from './core/gateway/config/key-reference.ts';
import { JidokaError } from './core/base/error.ts';
import { publicChances } from './core/gateway/prefix/merit.ts';
import type { GatewayDoor, GatewaySetting, ModelStore, OpenGateway, StorePlace } from './core/ports/gateway/gateway-door.ts';
import type { KeyGrant } from './core/ports/gateway/virtual-keys.ts';
import { systemClock } from './plant/clock/index.ts';
import {
  allRecorders,
  fileRecorder,
  type GatewayOptions,
  memoryBudgets,
  memoryKeys,
  newToken,
  readProviderKeys,
  secretsOf,
  slotTable,
  startGateway,
  withoutKeys,
} from './plant/gateway/index.ts';
import { publicPriors } from './plant/priors/index.ts';

/** Who calls with the owner's key. */
const owner = { line: 'own', fleet: null, run: 'own', stage: null, station: 'own' } as const;

/**
 * Starts a model gateway, with one key for its owner. Throws `port-taken`, `usage` for a key or a record that cannot be had, and what
 * keeps its database from being opened.
 */
export async function openGateway(setting: GatewaySetting): Promise<OpenGateway> {
  const { config, env, folder, listen, key, record, log } = setting;
  const token = key === null ? newToken() : await ownKey(key, env);
  const grant: KeyGrant = { caller: owner, slots: null, caps: null, limits: {}, expiresAt: null };
  const keys = await readProviderKeys(config, { env, folder });
  const failed = (why: string): void => log(`calls are no longer taken down: ${why}`);
  const secrets = [token, ...secretsOf(keys)];
  const clean = withoutKeys(secrets);
  const fileOfCalls = record === null ? null : await fileRecorder({ file: record, keys: secrets, failed });
  const shared = await sharedOf(setting, { given: [{ token, grant }], secrets });
  try {
    const clock = { ...systemClock(), now: () => new Date(shared.now()).toISOString() };
    const fault = (error: unknown): void => log(clean(`fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
    const recorder = allRecorders([shared.recorder, fileOfCalls]);
    const chances = publicChances(config, await publicPriors());
    const gateway = await startGateway({ config, keys, chances, ...shared.parts, recorder, listen, clock, fault });
    const close = async (): Promise<void> => {
      await gateway.close();
      await shared.close();
    };
    return { url: gateway.url, token, slots: slotTable(withSettings(config, shared.parts.settings()), keys), close };
  } catch (error) {
    await shared.close();
    throw error;
  }
}

/** Tells what each slot resolves to, with the keys as they are now and with what is set on top of the configuration. */
export async function describeSlots(
  ...[config, places, settings]: Parameters<GatewayDoor['describe']>
): ReturnType<GatewayDoor['describe']> {
  return slotTable(withSettings(config, settings), await readProviderKeys(config, places));
}

/** Opens what gateways keep in the database of a factory. */
export async function openModelStore(place: StorePlace, log: (line: string) => void): Promise<ModelStore> {
  const [{ store, close }, { tapeOfRun, traceRun }] = await Promise.all([openStore(place, log, []), import('./model-trace.ts')]);
  const { calls, settings, rests, now, purge, tidy } = store;
  return {
    calls,
    settings,
    rests,
    now,
    purge,
    tidy,
    trace: (filter) => traceRun(calls, filter),
    tape: (filter) => tapeOfRun(calls, filter),
    close,
  };
}

interface Shared {
  readonly parts: Pick<GatewayOptions, 'virtualKeys' | 'budgets' | 'health'> & Required<Pick<GatewayOptions, 'settings'>>;
  readonly recorder: GatewayOptions['recorder'];
  /** Milliseconds since 1970: of gateways of one factory, by the clock of its database. */
  now(): number;
  close(): Promise<void>;
}

type Given = readonly { readonly token: string; readonly grant: KeyGrant }[];

interface Own {
  readonly given: Given;
  /** Keys that are kept out of records. */
  readonly secrets: readonly string[];
}

/** What gateways of one factory share in its database; of a gateway without a factory, what it has in memory. */
async function sharedOf({ config, store: place, log }: GatewaySetting, { given, secrets }: Own): Promise<Shared> {
  if (place === null) {
    const now = (): number => Date.now();
    const none: readonly LiveSetting[] = [];
    const [virtualKeys, budgets] = [memoryKeys({ given, now }), memoryBudgets({ rules: config.budgets ?? [], now })];
    const parts = { virtualKeys, budgets, settings: () => none };
    return { parts, recorder: null, now, close: async () => undefined };
  }
  const { store, close } = await openStore(place, log, given);
  try {
    const { budgets, recorder, settings, health, now } = await store.join(config, secrets);
    return { parts: { virtualKeys: store.keys, budgets, settings, health }, recorder, now, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded only where there is a factory: it brings the driver of the database, and nothing else of the factory. */
async function openStore({ home, databaseUrl, postgresBin, env }: StorePlace, log: (line: string) => void, given: Given) {
  const [{ openDatabase, refuseMoved }, { openGatewayStore }] = await Promise.all([
    import('./plant/postgres/index.ts'),
    import('./plant/gateway/store/index.ts'),
  ]);
  const quiet = (line: string): void => (line.startsWith('starting PostgreSQL') ? undefined : log(line));
  const database = await openDatabase({ home, url: databaseUrl, binDir: postgresBin, env, log: quiet });
  try {
    await refuseMoved(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const store = openGatewayStore({ database, clock: systemClock(), given, log });
  const close = async (): Promise<void> => {
    await store.close();
    await database.close();
  };
  return { store, close };
}

async function ownKey(reference: string, env: GatewaySetting['env']): Promise<string> {
  const mend = 'Say where it lies, "env:NAME" or "file:PATH": 16 letters, digits and dashes or more, in one line.';
  if (!/^(?:env|file):./.test(reference)) throw new JidokaError('usage', 'The key of the gateway is given by its place.', { mend });
  const place = placeOfKey(reference);
  const found = (await readProviderKeys({ providers: { own: { key: reference, vendor: 'own', region: 'own' } } }, { env, folder: '' })).get(
    'own',
  );
  if (found?.kind === 'key' && /^[\w-]{16,200}$/.test(found.key)) return found.key;
  const where = place.kind === 'env' ? place.name : place.path;
  const why = found?.kind === 'missing' ? found.why : `${where} holds a key of another form`;
  throw new JidokaError('usage', `The key of the gateway cannot be had: ${why}.`, { mend });
}
