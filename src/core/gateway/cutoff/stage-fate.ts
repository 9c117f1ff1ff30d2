import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Cut } from './cut.ts';
import type { StageUse, StationUse } from './line-use.ts';
import { slotFate, type Way } from './slot-fate.ts';

/** What becomes of something when something else is taken away; `unknown` where nobody said what it needs. */
export type FateKind = 'untouched' | 'falls-back' | 'unknown' | 'stops';

export interface StationFate {
  readonly station: string;
  readonly kind: FateKind;
  /** The name by which it asks for a model; null where it asks none, or nobody said. */
  readonly slot: string | null;
  readonly ways: readonly Way[];
  readonly sentence: string;
}

export interface StageFate {
  readonly stage: string;
  readonly kind: FateKind;
  readonly stations: readonly StationFate[];
  readonly sentence: string;
}

/** What becomes of a stage: the first of its stations that goes on takes it, and one that is optional is done without. */
export function stageFate(config: GatewayConfig, { stage, isOptional, stations }: StageUse, cut: Cut): StageFate {
  const fates = stations.map((use) => stationFate(config, use, cut));
  return { stage, stations: fates, ...outcomeOf(fates, isOptional) };
}

/** The worst of some fates: what stops, stops all. */
export function worst(kinds: readonly FateKind[]): FateKind {
  const order = ['stops', 'unknown', 'falls-back'] as const;
  return order.find((kind) => kinds.includes(kind)) ?? 'untouched';
}

function stationFate(config: GatewayConfig, { station, asks }: StationUse, cut: Cut): StationFate {
  if (asks.kind === 'nothing') return { station, kind: 'untouched', slot: null, ways: [], sentence: 'It asks no model.' };
  if (asks.kind === 'unsaid') return { station, kind: 'unknown', slot: null, ways: [], sentence: asks.why };
  const { kind, slot, ways, sentence } = slotFate(config, asks.slot, cut);
  return { station, kind: kind === 'unfilled' ? 'stops' : kind, slot, ways, sentence };
}

/** What a cut does is told by stations that have a model without it: the others stand still anyhow. */
function outcomeOf(all: readonly StationFate[], isOptional: boolean): Pick<StageFate, 'kind' | 'sentence'> {
  const fates = all.filter((fate) => !isUnfilled(fate));
  const empty = sentencesOf(all.filter(isUnfilled));
  const told = (kind: FateKind, ...words: readonly string[]) => ({ kind, sentence: [...words, ...empty].join(' ') });
  const [first] = fates;
  if (first === undefined) {
    if (empty.length === 0) return told('untouched', 'No station does it.');
    return isOptional ? told('untouched', 'It is optional: a run goes on without it anyhow.') : told('stops');
  }
  if (first.kind === 'untouched' || first.kind === 'falls-back') return told(first.kind, first.sentence);
  const heir = fates.find(({ kind }) => kind === 'untouched' || kind === 'falls-back');
  if (heir !== undefined) return told('falls-back', `"${heir.station}" goes on where "${first.station}" may not.`, heir.sentence);
  const sentences = sentencesOf(fates);
  if (isOptional) return told('falls-back', 'It is optional: a run goes on without it.', ...sentences);
  return told(fates.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'stops', ...sentences);
}

function isUnfilled({ slot, ways }: StationFate): boolean {
  return slot !== null && ways.length === 0;
}

function sentencesOf(fates: readonly StationFate[]): readonly string[] {
  return [...new Set(fates.map(({ sentence }) => sentence))];
}
