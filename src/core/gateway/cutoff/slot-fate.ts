import type { GatewayConfig } from '../config/gateway-config.ts';
import { upstreamsOf } from '../config/model.ts';
import { own, resolveSlot } from '../config/resolve-slot.ts';
import { isCut, type Cut } from './cut.ts';

/** One model of what fills a slot: where it is asked, and where it would be. */
export interface Way {
  readonly model: string;
  readonly was: string;
  /** null where it is nowhere any more. */
  readonly now: string | null;
}

/** What becomes of a slot: it stays as it is, goes on otherwise, stops, or nothing filled it anyhow. */
export interface SlotFate {
  readonly kind: 'untouched' | 'falls-back' | 'stops' | 'unfilled';
  readonly slot: string;
  readonly ways: readonly Way[];
  readonly sentence: string;
}

/** What becomes of a slot when something is taken away. */
export function slotFate(config: GatewayConfig, slot: string, cut: Cut): SlotFate {
  const ways = (resolveSlot(config, slot)?.models ?? []).flatMap((model) => wayOf(config, model, cut));
  const kind = kindOf(ways);
  return { kind, slot, ways, sentence: sentenceOf(slot, kind, ways) };
}

function wayOf(config: GatewayConfig, name: string, cut: Cut): Way[] {
  const model = own(config.models, name);
  const places = model === undefined ? [] : upstreamsOf(model).map(({ at }) => at);
  const [was] = places;
  return was === undefined ? [] : [{ model: name, was, now: places.find((at) => !isCut(config, cut, { model: name, at })) ?? null }];
}

function kindOf(ways: readonly Way[]): SlotFate['kind'] {
  if (ways.length === 0) return 'unfilled';
  if (ways.every(({ now }) => now === null)) return 'stops';
  return ways.every(({ was, now }) => was === now) ? 'untouched' : 'falls-back';
}

function sentenceOf(slot: string, kind: SlotFate['kind'], ways: readonly Way[]): string {
  // Several models by their names are a plan that was chosen for a run.
  const called = slot.includes(',') ? `Plan "${slot.replaceAll(',', ', ')}"` : `Slot "${slot}"`;
  if (kind === 'unfilled') return `${called} is filled by nothing, whatever is cut.`;
  if (kind === 'untouched') return `${called} stays as it is.`;
  if (kind === 'stops') return `${called} stops: ${ways.map(({ model }) => model).join(', ')} would be nowhere.`;
  const changes = ways.flatMap(({ model, was, now }) =>
    was === now ? [] : [now === null ? `${model} is lost` : `${model} goes from ${was} to ${now}`],
  );
  const rest = ways.filter(({ now }) => now !== null).map(({ model }) => model);
  return `${called} falls back: ${changes.join(', ')}; ${rest.join(', then ')} would do it.`;
}
