import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { partsOf, upstreamsOf } from '../../../core/gateway/config/model.ts';
import { Protocol } from '../../../core/gateway/config/protocol.ts';
import { own, resolveSlot } from '../../../core/gateway/config/resolve-slot.ts';
import type { Price } from '../../../core/gateway/money/price.ts';
import { waysFor } from './candidates.ts';
import type { ProviderKey } from './provider-keys.ts';

/** What a name that agents say leads to. */
export interface SlotRow {
  readonly slot: string;
  /** Names that led there, the slot first. */
  readonly via: readonly string[];
  readonly plan: string | null;
  /** In the order in which they are tried. */
  readonly models: readonly ModelRow[];
}

export interface ModelRow {
  readonly model: string;
  readonly window: number;
  readonly upstreams: readonly UpstreamRow[];
}

export interface UpstreamRow {
  /** `PROVIDER/NAME`. */
  readonly at: string;
  readonly vendor: string;
  readonly region: string;
  /** Protocols of callers whose requests go there byte for byte; others are translated. */
  readonly passes: readonly Protocol[];
  readonly price: Price;
  /** Why it is never asked; null where it is. */
  readonly why: string | null;
}

/** What each slot of a configuration resolves to, and why what is left out is left out. */
export function slotTable(config: GatewayConfig, keys: ReadonlyMap<string, ProviderKey>): readonly SlotRow[] {
  return Object.keys(config.slots).flatMap((slot) => {
    const resolved = resolveSlot(config, slot);
    if (resolved === null) return [];
    const models = resolved.models.flatMap((model): ModelRow[] => {
      const settings = own(config.models, model);
      if (settings === undefined) return [];
      const { noWays } = waysFor(config, keys, { models: [model], from: 'messages' });
      const upstreams = upstreamsOf(settings).map(({ at, price }): UpstreamRow => {
        const provider = own(config.providers, partsOf(at).provider);
        const passes = Protocol.options.filter((protocol) => provider?.protocols?.includes(protocol) === true);
        const why = noWays.find((noWay) => noWay.at === at)?.why ?? null;
        return { at, vendor: provider?.vendor ?? '', region: provider?.region ?? '', passes, price, why };
      });
      return [{ model, window: settings.window, upstreams }];
    });
    return [{ slot, via: resolved.via, plan: resolved.plan, models }];
  });
}
