import { JidokaError } from '../../base/error.ts';
import { meant } from '../../base/nearest.ts';
import type { CutKind, GatewayConfig } from '../config/gateway-config.ts';
import { partsOf, upstreamsOf } from '../config/model.ts';
import { own } from '../config/resolve-slot.ts';

/** Something that is taken away, or might be. */
export interface Cut {
  readonly kind: CutKind;
  readonly name: string;
}

/**
 * Everything that could be taken away, by kind: models by their name here, and by the names that providers have for them.
 *
 * @example
 * namesOf(config, 'region'); // ['eu', 'own', 'us']
 */
export function namesOf({ providers, models }: GatewayConfig, kind: CutKind): readonly string[] {
  const all = {
    provider: () => Object.keys(providers),
    vendor: () => Object.values(providers).map(({ vendor }) => vendor),
    region: () => Object.values(providers).map(({ region }) => region),
    model: () => Object.entries(models).flatMap(([name, model]) => [name, ...upstreamsOf(model).map(({ at }) => partsOf(at).model)]),
  };
  return [...new Set(all[kind]())].toSorted();
}

/** Throws `usage` for what is in no part of the configuration: an answer about it would be that nothing stops. */
export function refuseUnknown(config: GatewayConfig, { kind, name }: Cut): void {
  const known = namesOf(config, kind);
  if (!known.includes(name)) throw new JidokaError('usage', `No ${kind} is named "${name}".`, { mend: meant(name, known) });
}

/** Whether a model at an upstream is gone with it. */
export function isCut(
  { providers }: GatewayConfig,
  { kind, name }: Cut,
  { model, at }: { readonly model: string; readonly at: string },
): boolean {
  const upstream = partsOf(at);
  if (kind === 'model') return model === name || upstream.model === name;
  if (kind === 'provider') return upstream.provider === name;
  return own(providers, upstream.provider)?.[kind] === name;
}
