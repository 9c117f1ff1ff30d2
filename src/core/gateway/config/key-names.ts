import type { GatewayConfig } from './gateway-config.ts';
import { keyReferences, placeOfKey } from './key-reference.ts';

/** Opens a gateway that the owner names in JIDOKA_MODEL_URL. */
const ofNamedGateway = 'JIDOKA_MODEL_KEY';

/**
 * Variables of the environment in which keys of providers, and that of a gateway, lie: only who asks those is to have them.
 *
 * @example
 * keyNames({ providers: { house: { key: 'env:HOUSE_KEY', … } } }); // ['JIDOKA_MODEL_KEY', 'HOUSE_KEY']
 */
export function keyNames(config: Pick<GatewayConfig, 'providers'> | null): readonly string[] {
  const references = Object.values(config?.providers ?? {}).flatMap(keyReferences);
  const places = references.map(placeOfKey).flatMap((place) => (place.kind === 'env' ? [place.name] : []));
  return [...new Set([ofNamedGateway, ...places])];
}

/** An environment without some of its variables. */
export function withoutNames<Value>(env: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
