import { JidokaError } from '../core/base/error.ts';
import { floorKinds, presetFloor, tiers, type FloorKind, type FloorSettings, type Tier } from '../core/ports/floor.ts';
import { set, type Environment } from './environment.ts';
import { limitsText, parseLimits } from './limit-list.ts';

/** What was said of the floor as options; null where nothing was. */
export interface FloorFlags {
  readonly floor: string | null;
  readonly image: string | null;
  readonly limits: string | null;
}

/**
 * Decides where commands of repositories run: an option wins over the environment. Throws `usage`.
 *
 * @example
 * floorSettings({ floor: 'ssh:ada@build.example:2222', image: null, limits: 'memory=4g' }, {}).host; // 'ada@build.example:2222'
 */
export function floorSettings(flags: FloorFlags, env: Environment): FloorSettings {
  const named = flags.floor ?? set(env['JIDOKA_FLOOR']);
  const { kind, host } = floorNamed(named ?? presetFloor.kind);
  if (flags.image !== null && kind !== 'container') throw imageForNone(kind);
  const limits = flags.limits ?? set(env['JIDOKA_LIMITS']);
  return {
    kind,
    preset: named === null,
    host,
    image: flags.image ?? set(env['JIDOKA_FLOOR_IMAGE']),
    engine: set(env['JIDOKA_DOCKER']),
    least: leastTier(set(env['JIDOKA_FLOOR_LEAST']) ?? presetFloor.least),
    region: set(env['JIDOKA_REGION']),
    limits: limits === null ? {} : parseLimits(limits),
  };
}

/** The variables by which another process of this program decides the same. */
export function floorEnvironment(settings: FloorSettings): Readonly<Record<string, string>> {
  const { kind, preset, host, image, engine, least, region, limits } = settings;
  const named = host === null ? kind : `${kind}:${host}`;
  const said = {
    // Only where nobody named a floor may another stand in for it.
    JIDOKA_FLOOR: preset ? '' : named,
    JIDOKA_FLOOR_IMAGE: image ?? '',
    JIDOKA_DOCKER: engine ?? '',
    JIDOKA_FLOOR_LEAST: least === presetFloor.least ? '' : least,
    JIDOKA_REGION: region ?? '',
    JIDOKA_LIMITS: limitsText(limits),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

function leastTier(text: string): Tier {
  const tier = tiers.find((known) => known === text);
  if (tier !== undefined) return tier;
  throw new JidokaError('usage', `There is no tier "${text}".`, { mend: `Give JIDOKA_FLOOR_LEAST one of: ${tiers.join(', ')}.` });
}

type Named = Pick<FloorSettings, 'kind' | 'host'>;

function floorNamed(text: string): Named {
  const [name = '', ...rest] = text.split(':');
  const kind = floorKinds.find((known) => known === name);
  if (kind === undefined) throw noSuchFloor(text);
  const host = rest.length === 0 ? null : rest.join(':');
  if (kind === 'ssh') return { kind, host: sshHost(host, text) };
  if (host !== null) throw noSuchFloor(text);
  return { kind, host };
}

/** ssh would take a host that begins with a dash for an option. */
const hostShape = /^(?:[\w][\w.-]*@)?(?:[\w][\w.-]*|\[[\da-fA-F:]+\])(?::\d{1,5})?$/;

function sshHost(host: string | null, text: string): string {
  if (host !== null && hostShape.test(host)) return host;
  const message = host === null ? 'The floor ssh was given without a host.' : `The floor "${text}" names no host that ssh could go to.`;
  throw new JidokaError('usage', message, { mend: 'Write it as --floor ssh:USER@HOST or ssh:USER@HOST:PORT, or so in JIDOKA_FLOOR.' });
}

function noSuchFloor(text: string): JidokaError {
  return new JidokaError('usage', `There is no floor "${text}".`, {
    mend: `Give --floor or JIDOKA_FLOOR one of: ${floorKinds.map((kind) => (kind === 'ssh' ? 'ssh:USER@HOST' : kind)).join(', ')}.`,
  });
}

function imageForNone(kind: FloorKind): JidokaError {
  return new JidokaError('usage', `--floor-image is for the floor container, and the floor is ${kind}.`, {
    mend: 'Add --floor container, or leave --floor-image out.',
  });
}
