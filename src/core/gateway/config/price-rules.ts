import type { Complaint } from '../../base/complaint.ts';
import type { Price, PriceList } from '../money/price.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { upstreamsOf } from './model.ts';

/** What is wrong with prices: half of the columns of a cache, a price that nobody knows and a budget in dollars that trusts it. */
export function priceComplaints(config: GatewayConfig): Complaint[] {
  return Object.entries(config.models).flatMap(([name, model]) => [
    ...unknownPrices(config, name),
    ...halves(model.price, ['models', name, 'price']),
    ...model.upstreams.flatMap((upstream, at) =>
      typeof upstream === 'string' ? [] : halves(upstream.price, ['models', name, 'upstreams', at, 'price']),
    ),
  ]);
}

function unknownPrices({ models, budgets = [], unpriced = 'refuse' }: GatewayConfig, name: string): Complaint[] {
  const model = models[name];
  if (model === undefined || unpriced === 'allow') return [];
  const nobodyKnows = upstreamsOf(model).filter(({ price }) => price === 'unpriced');
  const [first] = nobodyKnows;
  if (first === undefined) return [];
  const message = `Nobody knows what "${name}" costs at ${first.at}${budgets.some(({ usd }) => usd !== undefined) ? ', and there are budgets in dollars' : ''}.`;
  const mend = 'Give "price:" with "asOf", "input" and "output" (0 where it costs nothing), or say "unpriced: allow" of the gateway.';
  return [{ path: ['models', name, 'price'], at: 'value', message, mend }];
}

/** A list that knows what it costs to write a cache for five minutes, and not for an hour, would bill an hour too low. */
function halves(price: Price, path: readonly PropertyKey[]): Complaint[] {
  if (price === 'unpriced') return [];
  const parts: readonly (readonly [Pick<PriceList, 'cacheWrite5m' | 'cacheWrite1h'>, readonly PropertyKey[]])[] =
    price.longPrompt === undefined
      ? [[price, path]]
      : [
          [price, path],
          [price.longPrompt, [...path, 'longPrompt']],
        ];
  return parts.flatMap(([columns, where]): Complaint[] => {
    const has = (key: 'cacheWrite5m' | 'cacheWrite1h'): boolean => columns[key] !== undefined;
    if (has('cacheWrite5m') === has('cacheWrite1h')) return [];
    const lacking = has('cacheWrite5m') ? 'cacheWrite1h' : 'cacheWrite5m';
    return [
      { path: where, at: 'absence', message: `The price list has no "${lacking}" beside its sister.`, mend: `Add "${lacking}:" here.` },
    ];
  });
}
