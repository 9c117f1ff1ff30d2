import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { GatewayConfig } from '../../../../core/gateway/config/gateway-config.ts';
import { ownersFile } from '../../../../core/gateway/config/owners-file.ts';
import type { GatewayDoor, KeyPlaces, ModelStore, StorePlace } from '../../../../core/ports/gateway/gateway-door.ts';
import { set } from '../../../environment.ts';
import type { Call, OptionRecord } from '../../command.ts';
import { readGatewayFile } from '../../input-files.ts';

/** The file of the owner, never one of a repository that is worked on: it says where keys are sent. */
export const configOption: OptionRecord = {
  flags: '--config <file>',
  description: 'your factory file, whose part "gateway:" names providers and slots; JIDOKA_CONFIG, or factory.yaml in the home',
};

/** The settings of a gateway, and where it finds keys and packages. */
export interface OwnersSettings extends KeyPlaces {
  readonly config: GatewayConfig;
}

/** Reads the settings of the gateway, and tells where they stand. Throws `usage` where nobody says which, and `gateway-invalid`. */
export async function ownersOf(call: Call, gateway: GatewayDoor): Promise<OwnersSettings> {
  const { world, settings } = call;
  const path = call.text('config') ?? ownersFile(settings.home, world.env).path;
  return { config: await configOf(call, gateway), env: world.env, folder: dirname(resolve(world.cwd, path)) };
}

/** Reads the settings of the gateway. Throws `usage` where nobody says which, and `gateway-invalid`. */
export async function configOf(call: Call, gateway: GatewayDoor): Promise<GatewayConfig> {
  const { world, settings } = call;
  const given = call.text('config');
  const { path, isNamed } = given === null ? ownersFile(settings.home, world.env) : { path: given, isNamed: true };
  if (!isNamed && !existsSync(path)) throw missing(path, world.cwd);
  return gateway.read(await readGatewayFile(path, world.cwd));
}

/** A file of a project is not taken by itself: whoever may change the project would say where keys are sent. */
function missing(path: string, cwd: string): JidokaError {
  const own = join('.jidoka', 'factory.yaml');
  const mend = existsSync(resolve(cwd, own))
    ? `${own} is the project's, and is not asked where your keys go. Where it is yours too, name it: --config ${own}, or JIDOKA_CONFIG.`
    : 'Name the one that your gateways are served with by --config FILE or JIDOKA_CONFIG, or put it there: it says what slots lead to.';
  return new JidokaError('usage', `No factory file is named, and ${path} is not there.`, { mend });
}

/** The database of the factory. */
export function placeOf({ settings: { home, databaseUrl, postgresBin, env } }: Call): StorePlace {
  return { home, databaseUrl, postgresBin, env };
}

/** The database of the factory where its owner names one or its home; null where nobody speaks of a factory. */
export function namedPlace(call: Call): StorePlace | null {
  const { env } = call.world;
  const named = [call.text('home'), call.text('database'), set(env['JIDOKA_HOME']), set(env['JIDOKA_DATABASE_URL'])];
  return named.every((name) => name === null) ? null : placeOf(call);
}

/** Opens what gateways keep in a database for one piece of work. */
export async function withStore<T>(call: Call, work: (store: ModelStore, gateway: GatewayDoor) => Promise<T>): Promise<T> {
  const gateway = await call.world.loadGateway();
  const store = await gateway.store(placeOf(call), (line) => call.world.stderr.write(`${line}\n`));
  try {
    return await work(store, gateway);
  } finally {
    await store.close();
  }
}
