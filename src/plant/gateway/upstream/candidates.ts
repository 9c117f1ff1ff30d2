import { partsOf, upstreamsOf } from '../../../core/gateway/config/model.ts';
import { cutBy, type InForce } from '../../../core/gateway/config/setting.ts';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { own } from '../../../core/gateway/config/resolve-slot.ts';
import type { Candidate } from '../../../core/gateway/failover/try-state.ts';
import type { Price } from '../../../core/gateway/money/price.ts';
import type { Speaker } from '../packages/speaker.ts';
import type { Tongue } from '../translate/protocol.ts';
import { formsOf, type KeyForm } from './key-forms.ts';
import type { ProviderKey } from './provider-keys.ts';

/** One way to answer a caller of a protocol: where, what is spoken there, and what it costs. */
export interface Way extends Candidate {
  readonly door: Door;
  /** The upstream's own name of the model. */
  readonly name: string;
  /** What is spoken with it: the caller's own protocol wherever it can be. */
  readonly protocol: Tongue;
  readonly spoken: readonly Protocol[];
  readonly price: Price;
  /** Tokens of the longest answer. */
  readonly output: number;
  readonly thinks: boolean;
  readonly sees: boolean;
  /** Whether the owner lets the gateway say what is to be cached, where the caller says nothing of it. */
  readonly inserts: boolean;
}

/** How an upstream is asked: by an address and a key, or by a package that has its own. */
export type Door = (
  | { readonly kind: 'address'; readonly base: string; readonly key: string | null }
  | { readonly kind: 'package'; readonly speaker: Speaker }
) & {
  /** Its keys, in all forms in which they are shown to nobody. */
  readonly secrets: readonly KeyForm[];
};

/** Why an upstream is no way, in words that go on after its name. */
export interface NoWay {
  readonly at: string;
  readonly model: string;
  readonly why: string;
}

export interface WaysFound {
  readonly ways: readonly Way[];
  readonly noWays: readonly NoWay[];
}

/** Callers may name models in any order. */
const mostKnown = 1000;

/** Finds ways as {@link waysFor} does, once for as long as the same is in force. */
export function wayReader(
  inForce: () => InForce,
  keys: ReadonlyMap<string, ProviderKey>,
): (models: readonly string[], from: Protocol) => WaysFound {
  let last = inForce();
  const known = new Map<string, WaysFound>();
  return (models, from) => {
    const now = inForce();
    if (now !== last || known.size >= mostKnown) known.clear();
    last = now;
    const name = [from, ...models].join('\n');
    const found = known.get(name) ?? waysFor(now, keys, { models, from });
    known.set(name, found);
    return found;
  };
}

/**
 * The ways to answer a caller by these models, in the order in which they are tried: model after model; of each first where the
 * caller's own protocol is spoken, because nothing is lost there, and translation after that.
 */
export function waysFor(
  inForce: InForce,
  keys: ReadonlyMap<string, ProviderKey>,
  { models, from }: { readonly models: readonly string[]; readonly from: Protocol },
): WaysFound {
  const found = models.flatMap((model) => ofModel(inForce, keys, model, from));
  const ways = models.flatMap((model) => {
    const open = found.flatMap((one) => ('why' in one || one.model !== model ? [] : [one]));
    return [...open.filter(({ protocol }) => protocol === from), ...open.filter(({ protocol }) => protocol !== from)];
  });
  return { ways, noWays: found.flatMap((one) => ('why' in one ? [one] : [])) };
}

function ofModel(inForce: InForce, keys: ReadonlyMap<string, ProviderKey>, model: string, from: Protocol): readonly (Way | NoWay)[] {
  const { config } = inForce;
  const settings = own(config.models, model);
  if (settings === undefined) return [];
  return upstreamsOf(settings).map(({ at, price }): Way | NoWay => {
    const { provider: name, model: theirs } = partsOf(at);
    const provider = own(config.providers, name);
    const key = keys.get(name) ?? { kind: 'none' };
    const spoken = provider?.protocols ?? [];
    const cut = cutBy(inForce, { model, at });
    if (cut !== null) return { at, model, why: cut };
    if (key.kind === 'missing') return { at, model, why: `has no key: ${key.why}` };
    if (key.kind === 'no-package') return { at, model, why: key.why };
    const door = doorOf(provider?.base, key);
    const protocol = door?.kind === 'package' ? 'sdk' : spoken.includes(from) ? from : spoken[0];
    if (door === null || protocol === undefined) return { at, model, why: 'has no address here' };
    if (price === 'unpriced' && config.unpriced !== 'allow') return { at, model, why: 'has no price, and "unpriced: allow" is not said' };
    return {
      model,
      at,
      provider: name,
      window: settings.window,
      door,
      name: theirs,
      protocol,
      spoken,
      price,
      output: settings.output,
      thinks: settings.capabilities.includes('thinking'),
      sees: settings.capabilities.includes('images'),
      inserts: settings.cacheMarks === 'insert',
    };
  });
}

function doorOf(base: string | undefined, key: ProviderKey): Door | null {
  if (key.kind === 'package') return { kind: 'package', speaker: key.speaker, secrets: formsOf(key.speaker.secrets) };
  if (base === undefined) return null;
  return key.kind === 'key'
    ? { kind: 'address', base, key: key.key, secrets: formsOf([key.key]) }
    : { kind: 'address', base, key: null, secrets: [] };
}
