import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { JidokaError } from './core/base/error.ts';
import { ownersFile } from './core/gateway/config/owners-file.ts';
import { keyScope } from './core/gateway/config/key-rule.ts';
import { slotOfRole } from './core/gateway/config/slot-of-role.ts';
import type { GatewayConfig } from './core/gateway/config/gateway-config.ts';
import { type LiveSetting, withSettings } from './core/gateway/config/setting.ts';
import type { EgressRoute, ModelUpstream } from './core/ports/egress.ts';
import type { GatewayView, KeyView } from './core/ports/gateway/gateway-door.ts';
import type { ModelAccess } from './core/ports/gateway/model-access.ts';
import type { StationFamily } from './core/ports/station.ts';
import type { Logins } from './core/ports/stations/logins.ts';
import type { GatewayOrder } from './gateway-process.ts';
import { gatewayIn } from './gateway-settings.ts';
import { gatewayAccess, noGateway, ownGateway, type OwnGateway } from './plant/gateway/process/index.ts';
import type { GatewayStore } from './plant/gateway/store/index.ts';
import { modelStation, type ModelStationOptions } from './plant/station/index.ts';
import { ownLogins } from './plant/station/login/index.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** How requests of jobs come to a model: by a gateway that the owner names, by the factory's own, or by logins that he allowed. */
export interface ModelWays {
  readonly upstream: ModelUpstream;
  readonly access: ModelAccess;
  /** What the owner says of the factory's own gateway; null where it has none. */
  readonly config: GatewayConfig | null;
  /** Looks up keys, and what names lead to, by the owner's file and what is set on top of it. Throws `gateway-failed` where there is no gateway. */
  look(names: readonly string[], settings: readonly LiveSetting[]): Promise<GatewayView>;
  readonly logins: Logins;
  /** Whether an agent can think: null, or what is missing and what to do about it, as sentences. */
  missing(agent: string): Promise<string | null>;
  /** Whether one model can be asked without an agent. */
  readonly hasGateway: boolean;
  /** What a floor without walls leads to. Where there is no way, an agent finds its provider by itself, as nothing keeps it from that. */
  readonly routesOnHost: readonly EgressRoute[];
  /** Gives the factory's own gateway what it keeps in the database. */
  connect(store: GatewayStore): void;
  /** Starts the factory's own gateway, where it has one; else the first request does. Throws `gateway-failed`. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface ModelWaysOptions {
  readonly home: string;
  readonly env: Env;
  readonly database: Omit<GatewayOrder['store'], 'home'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * Looks for the ways to models once; a login that is allowed later counts at once, but for floors without walls. Throws `gateway-invalid`
 * for a file of the owner that cannot be honoured.
 */
export async function modelWays({ home, env, database, now, log }: ModelWaysOptions): Promise<ModelWays> {
  const logins = ownLogins({ file: join(home, 'logins.json'), env, now });
  const named = namedGateway(env);
  const file = named === null ? await readOwnersFile(home, env) : null;
  const config = file === null ? null : gatewayIn(file);
  let store: GatewayStore | null = null;
  const own = file === null || config === null ? null : gatewayOf({ file, store: { home, ...database } }, env, log);
  const access =
    own === null || config === null
      ? null
      : gatewayAccess({
          gateway: own,
          slotOf: (role) => slotOfRole(role === null ? null : { name: role, model: null }, config),
          scopeOf: (station, asks) => keyScope(config.keys ?? {}, station, asks),
          now: () => connected(store).now(),
          keys: () => connected(store).keys,
          calls: () => connected(store).calls,
        });
  const hasGateway = named !== null || access !== null;
  const isOpen = hasGateway || (await logins.allowed()).length > 0;
  return {
    upstream: named ?? access ?? logins,
    access: access ?? noGateway,
    config: access === null ? null : config,
    look: async (names, settings) => {
      if (file !== null && config !== null) return await viewOf({ file, config, env }, names, settings);
      throw new JidokaError('gateway-failed', 'This factory has no model gateway of its own.', { mend: 'Look at docs/GATEWAY.md.' });
    },
    logins,
    missing: async (agent) => (hasGateway ? null : await missingLogin(agent, logins)),
    hasGateway,
    routesOnHost: isOpen ? ['model', 'git', 'report'] : ['git', 'report'],
    connect: (opened) => void (store = opened),
    start: async () => void (await own?.url()),
    close: async () => await own?.close(),
  };
}

/** A gateway that the owner names, whose key no job ever sees. */
function namedGateway(env: Env): ModelUpstream | null {
  const [base, key] = [env['JIDOKA_MODEL_URL'] ?? '', env['JIDOKA_MODEL_KEY'] ?? ''];
  if (base === '') return null;
  const proof: Readonly<Record<string, string>> = key === '' ? {} : { authorization: `Bearer ${key}` };
  return { target: async ({ path }) => ({ kind: 'at', base, path, proof }) };
}

/** It is the owner's, and never one of a repository that is worked on: it says where keys are sent. */
async function readOwnersFile(home: string, env: Env): Promise<GatewayOrder['file'] | null> {
  const { path, isNamed } = ownersFile(home, env);
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    if (!isNamed && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new JidokaError('gateway-invalid', `The factory file ${path} cannot be read: ${String(cause)}`, {
      mend: 'Look at JIDOKA_CONFIG, or remove it.',
      cause,
    });
  }
}

interface Looked {
  readonly file: GatewayOrder['file'];
  readonly config: GatewayConfig;
  readonly env: Env;
}

async function viewOf({ file, config, env }: Looked, names: readonly string[], settings: readonly LiveSetting[]): Promise<GatewayView> {
  // A factory that works leaves keys to the process of its gateway: this is loaded for who asks alone.
  const { readProviderKeys, slotTable } = await import('./plant/gateway/index.ts');
  const path = resolve(file.path);
  const found = await readProviderKeys(config, { env, folder: dirname(path) });
  const keys = [...found].map(([provider, key]): KeyView => {
    if (key.kind === 'missing') return { provider, lacks: { what: 'key', why: key.why } };
    return { provider, lacks: key.kind === 'no-package' ? { what: 'package', why: key.why } : null };
  });
  return { file: path, keys, rows: slotTable(withSettings(config, settings), found, names) };
}

function gatewayOf(order: GatewayOrder, env: Env, log: (line: string) => void): OwnGateway {
  return ownGateway({ order, env, log: (line) => log(`gateway: ${line}`) });
}

function connected(store: GatewayStore | null): GatewayStore {
  if (store !== null) return store;
  throw new JidokaError('gateway-failed', 'The database of the model gateway is not open yet.', { mend: 'Give the command again.' });
}

async function missingLogin(agent: string, logins: Logins): Promise<string | null> {
  const use = await logins.look(agent);
  if (use.kind === 'fit' && use.allowed) return null;
  const gateway = 'name a model gateway in JIDOKA_MODEL_URL';
  if (use.kind === 'unfit') return `There is no way to a model: ${use.why}. ${use.mend} Or ${gateway}.`;
  return `There is no way to a model. Let stations use ${use.by}: \`jidoka station login ${agent} --allow\`, or ${gateway}.`;
}

/** A station for each model that a line names. */
export function modelFamily(ways: ModelWays, env: Env, means: Omit<ModelStationOptions, 'asked' | 'hasGateway'>): StationFamily {
  const hasGateway = (): boolean => ways.hasGateway;
  return { word: 'model:', make: (name) => modelStation(name, { ...means, asked: modelAsked(name, env), hasGateway }) };
}

/** What the owner calls a model by a name of his own: JIDOKA_MODELS is 'cheap=qwen3:8b, strong=claude-opus-4-5'. */
function modelAsked(name: string, env: Env): string {
  const pairs = (env['JIDOKA_MODELS'] ?? '').split(',').map((pair) => pair.split('='));
  const found = pairs.find(([own = '']) => own.trim() === name);
  return found?.slice(1).join('=').trim() || name;
}
