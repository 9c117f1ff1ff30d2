import { join } from 'node:path';
import type { EgressRoute, ModelUpstream } from './core/ports/egress.ts';
import type { StationFamily } from './core/ports/station.ts';
import type { Logins } from './core/ports/stations/logins.ts';
import { modelStation, type ModelStationOptions } from './plant/station/index.ts';
import { ownLogins } from './plant/station/login/index.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** How requests of jobs come to a model: by a gateway that the owner names, else by logins that he allowed. */
export interface ModelWays {
  readonly upstream: ModelUpstream;
  readonly logins: Logins;
  /** Whether an agent can think: null, or what is missing and what to do about it, as sentences. */
  missing(agent: string): Promise<string | null>;
  /** What a floor without walls leads to. Where there is no way, an agent finds its provider by itself, as nothing keeps it from that. */
  readonly routesOnHost: readonly EgressRoute[];
}

export interface ModelWaysOptions {
  readonly home: string;
  readonly env: Env;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Looks for the ways to models once; a login that is allowed later counts at once, but for floors without walls. */
export async function modelWays({ home, env, now }: ModelWaysOptions): Promise<ModelWays> {
  const logins = ownLogins({ file: join(home, 'logins.json'), env, now });
  const gateway = namedGateway(env);
  const isOpen = gateway !== null || (await logins.allowed()).length > 0;
  return {
    upstream: gateway ?? logins,
    logins,
    missing: async (agent) => (gateway === null ? await missingLogin(agent, logins) : null),
    routesOnHost: isOpen ? ['model', 'git', 'report'] : ['git', 'report'],
  };
}

/** A gateway that the owner names, whose key no job ever sees. */
function namedGateway(env: Env): ModelUpstream | null {
  const [base, key] = [env['JIDOKA_MODEL_URL'] ?? '', env['JIDOKA_MODEL_KEY'] ?? ''];
  if (base === '') return null;
  const proof: Readonly<Record<string, string>> = key === '' ? {} : { authorization: `Bearer ${key}` };
  return { target: async ({ path }) => ({ kind: 'at', base, path, proof }) };
}

async function missingLogin(agent: string, logins: Logins): Promise<string | null> {
  const use = await logins.look(agent);
  if (use.kind === 'fit' && use.allowed) return null;
  const gateway = 'name a model gateway in JIDOKA_MODEL_URL';
  if (use.kind === 'unfit') return `There is no way to a model: ${use.why}. ${use.mend} Or ${gateway}.`;
  return `There is no way to a model. Let stations use ${use.by}: \`jidoka station login ${agent} --allow\`, or ${gateway}.`;
}

/** A station for each model that a line names. */
export function modelFamily(env: Env, means: Omit<ModelStationOptions, 'asked' | 'hasGateway'>): StationFamily {
  const hasGateway = (): boolean => (env['JIDOKA_MODEL_URL'] ?? '') !== '';
  return { word: 'model:', make: (name) => modelStation(name, { ...means, asked: modelAsked(name, env), hasGateway }) };
}

/** What the owner calls a model by a name of his own: JIDOKA_MODELS is 'cheap=qwen3:8b, strong=claude-opus-4-5'. */
function modelAsked(name: string, env: Env): string {
  const pairs = (env['JIDOKA_MODELS'] ?? '').split(',').map((pair) => pair.split('='));
  const found = pairs.find(([own = '']) => own.trim() === name);
  return found?.slice(1).join('=').trim() || name;
}
