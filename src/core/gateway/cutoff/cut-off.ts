import type { GatewayConfig } from '../config/gateway-config.ts';
import { own } from '../config/resolve-slot.ts';
import { refuseUnknown, type Cut } from './cut.ts';
import { slotFate, type SlotFate } from './slot-fate.ts';

/** What a line asks of the gateway: the slots that the agents of its stations name. */
export interface LineUse {
  readonly line: string;
  readonly stations: readonly { readonly station: string; readonly slots: readonly string[] }[];
}

/** A run that rests, and what it will go on with. */
export interface ParkedRun {
  readonly run: string;
  readonly line: string;
  readonly station: string;
}

export interface StationFate {
  readonly station: string;
  readonly kind: 'untouched' | 'falls-back' | 'stops';
  readonly slots: readonly SlotFate[];
}

export interface LineFate {
  readonly line: string;
  readonly kind: StationFate['kind'];
  readonly mustSurvive: boolean;
  readonly stations: readonly StationFate[];
}

export interface CutOff {
  readonly cut: Cut;
  readonly lines: readonly LineFate[];
  readonly runs: readonly (ParkedRun & { readonly kind: StationFate['kind'] | 'unknown' })[];
  /** Lines that must survive this and would not, one sentence each. */
  readonly faults: readonly string[];
}

/**
 * What stops and what falls back to what, when a provider, a vendor, a region or a model is taken away: from the
 * configuration alone, so the answer takes milliseconds and asks nobody. Throws `usage` for a name that is nowhere.
 *
 * @example
 * cutOff(config, { kind: 'region', name: 'us' }, { uses, parked }).faults; // [] where every line that must survive does
 */
export function cutOff(
  config: GatewayConfig,
  cut: Cut,
  { uses, parked }: { readonly uses: readonly LineUse[]; readonly parked: readonly ParkedRun[] },
): CutOff {
  refuseUnknown(config, cut);
  const lines = uses.map((use) => lineFate(config, use, cut));
  const stationOf = ({ line, station }: ParkedRun): StationFate | undefined =>
    lines.find((fate) => fate.line === line)?.stations.find((fate) => fate.station === station);
  return {
    cut,
    lines,
    runs: parked.map((run) => ({ ...run, kind: stationOf(run)?.kind ?? 'unknown' })),
    faults: [...lines.flatMap((fate) => faultsOf(fate, cut)), ...unheardOf(config, uses)],
  };
}

function lineFate(config: GatewayConfig, { line, stations }: LineUse, cut: Cut): LineFate {
  const fates = stations.map(({ station, slots }): StationFate => {
    const found = slots.map((slot) => slotFate(config, slot, cut));
    return { station, kind: worst(found.map(({ kind }) => (kind === 'unfilled' ? 'stops' : kind))), slots: found };
  });
  const needs = own(config.lines ?? {}, line);
  return {
    line,
    kind: worst(fates.map(({ kind }) => kind)),
    mustSurvive: needs?.mustSurvive?.includes(cut.kind) ?? false,
    stations: fates,
  };
}

function worst(kinds: readonly StationFate['kind'][]): StationFate['kind'] {
  return kinds.find((kind) => kind === 'stops') ?? kinds.find((kind) => kind === 'falls-back') ?? 'untouched';
}

function faultsOf({ line, mustSurvive, stations }: LineFate, cut: Cut): string[] {
  if (!mustSurvive) return [];
  return stations.flatMap(({ station, slots }) =>
    slots
      .filter(({ kind }) => kind === 'stops' || kind === 'unfilled')
      .map(
        ({ sentence }) =>
          `Line "${line}" must survive without ${cut.kind} "${cut.name}" and does not, at station "${station}". ${sentence}`,
      ),
  );
}

/** A promise for a line that nobody knows is kept by nobody: most likely its name is misspelt. */
function unheardOf({ lines = {} }: GatewayConfig, uses: readonly LineUse[]): string[] {
  const known = uses.map(({ line }) => line);
  return Object.entries(lines).flatMap(([line, { mustSurvive = [] }]) =>
    mustSurvive.length === 0 || known.includes(line) ? [] : [`Line "${line}" must survive, and no line of that name is known.`],
  );
}
