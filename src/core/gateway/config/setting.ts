import { isCut, type Cut } from '../cutoff/cut.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { upstreamsOf } from './model.ts';
import { own, resolveSlot } from './resolve-slot.ts';

/** What an operator sets while gateways run: a slot is filled by another model, plan or slot, or something is taken away. */
export type Setting = { readonly kind: 'swap'; readonly slot: string; readonly to: string } | { readonly kind: 'cut'; readonly cut: Cut };

/** A setting in force. */
export interface LiveSetting {
  readonly what: Setting;
  /** ISO 8601; null for until it is lifted. */
  readonly until: string | null;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** A configuration with what is set on top of it. */
export interface InForce {
  readonly config: GatewayConfig;
  readonly cuts: readonly LiveSetting[];
  /** Swaps that this configuration has no slot, or no model, for. */
  readonly idle: readonly LiveSetting[];
}

/**
 * Puts what is set on top of what the owner wrote. What names nothing here, or would lead in a circle, changes nothing.
 *
 * @example
 * withSettings(config, [{ what: { kind: 'swap', slot: 'coder', to: 'cheap' }, … }]).config.slots; // { coder: 'cheap' }
 */
export function withSettings(config: GatewayConfig, settings: readonly LiveSetting[]): InForce {
  let { slots } = config;
  const idle: LiveSetting[] = [];
  for (const setting of settings) {
    const { what } = setting;
    if (what.kind !== 'swap') continue;
    const swapped = { ...slots, [what.slot]: what.to };
    const isHere = own(config.slots, what.slot) !== undefined && resolveSlot({ ...config, slots: swapped }, what.slot) !== null;
    if (isHere) slots = swapped;
    else idle.push(setting);
  }
  return { config: { ...config, slots }, cuts: settings.filter(({ what }) => what.kind === 'cut'), idle };
}

/** What cuts a model off from an upstream, in words that go on after its name; null where nothing does. */
export function cutBy(
  { config, cuts }: Pick<InForce, 'config' | 'cuts'>,
  upstream: { readonly model: string; readonly at: string },
): string | null {
  for (const { what, until, by } of cuts) {
    if (what.kind !== 'cut' || !isCut(config, what.cut, upstream)) continue;
    return `is cut off: ${by} took ${what.cut.kind} "${what.cut.name}" away${until === null ? '' : ` until ${until}`}`;
  }
  return null;
}

/**
 * The configuration as it is now, without the upstreams that are cut off; a model that has no other is nowhere.
 *
 * @example
 * standing(config, settings).slots; // { coder: 'cheap' }
 */
export function standing(config: GatewayConfig, settings: readonly LiveSetting[]): GatewayConfig {
  const inForce = withSettings(config, settings);
  const models = Object.entries(inForce.config.models).map(([name, model]) => {
    const names = upstreamsOf(model).map(({ at }) => at);
    const left = model.upstreams.filter((_, place) => cutBy(inForce, { model: name, at: names[place] ?? '' }) === null);
    return [name, { ...model, upstreams: left }] as const;
  });
  return { ...inForce.config, models: Object.fromEntries(models) };
}
