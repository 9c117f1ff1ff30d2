import { partsOf, upstreamsOf } from '../../../core/gateway/config/model.ts';
import { Protocol } from '../../../core/gateway/config/protocol.ts';
import type { InForce } from '../../../core/gateway/config/setting.ts';
import { own, resolveSlot } from '../../../core/gateway/config/resolve-slot.ts';
import type { ModelRow, SlotRow, UpstreamRow } from '../../../core/ports/gateway/gateway-door.ts';
import { waysFor } from './candidates.ts';
import type { ProviderKey } from './provider-keys.ts';

/** What slots resolve to, all of a configuration or those named, and why what is left out is left out; a name that leads nowhere has no row. */
export function slotTable(
  inForce: InForce,
  keys: ReadonlyMap<string, ProviderKey>,
  names: readonly string[] = Object.keys(inForce.config.slots),
): readonly SlotRow[] {
  const { config } = inForce;
  return names.flatMap((slot) => {
    const resolved = resolveSlot(config, slot);
    if (resolved === null) return [];
    const models = resolved.models.flatMap((model): ModelRow[] => {
      const settings = own(config.models, model);
      if (settings === undefined) return [];
      const { noWays } = waysFor(inForce, keys, { models: [model], from: 'messages' });
      const upstreams = upstreamsOf(settings).map(({ at, price }): UpstreamRow => {
        const provider = own(config.providers, partsOf(at).provider);
        const passes = Protocol.options.filter((protocol) => provider?.protocols?.includes(protocol) === true);
        const why = noWays.find((noWay) => noWay.at === at)?.why ?? null;
        const key = keys.get(partsOf(at).provider);
        const by = key?.kind === 'package' ? key.speaker.name : null;
        return { at, by, vendor: provider?.vendor ?? '', region: provider?.region ?? '', passes, price, why };
      });
      return [{ model, window: settings.window, upstreams }];
    });
    return [{ slot, via: resolved.via, plan: resolved.plan, models }];
  });
}
