import type { GatewayConfig } from '../config/gateway-config.ts';
import { own } from '../config/resolve-slot.ts';
import { type LiveSetting, standing } from '../config/setting.ts';
import { refuseUnknown, type Cut } from './cut.ts';
import type { LineUse } from './line-use.ts';
import { stageFate, worst, type FateKind, type StageFate } from './stage-fate.ts';

/** A run that has not ended, with the stages that it has still to do; null where nobody can tell any more. */
export interface OpenRun {
  readonly run: string;
  readonly line: string;
  readonly owed: LineUse['stages'] | null;
}

export interface LineFate {
  readonly line: string;
  readonly kind: FateKind;
  readonly mustSurvive: boolean;
  readonly stages: readonly StageFate[];
}

export interface RunFate {
  readonly run: string;
  readonly line: string;
  readonly kind: FateKind;
  readonly sentence: string;
}

/** What a cut-off befalls. */
export interface Befallen {
  readonly uses: readonly LineUse[];
  readonly open: readonly OpenRun[];
  /** What is set on gateways at present: slots that are swapped, and what is cut off already. */
  readonly settings?: readonly LiveSetting[];
}

export interface CutOff {
  readonly cut: Cut;
  readonly lines: readonly LineFate[];
  readonly runs: readonly RunFate[];
  /** Lines that must survive this and would not, or are not known to, one sentence each. */
  readonly faults: readonly string[];
}

/**
 * What stops and what falls back to what, when a provider, a vendor, a region or a model is taken away: from the
 * configuration and what is on record alone, so the answer takes milliseconds and asks nobody. Throws `usage` for a name that is nowhere.
 *
 * @example
 * cutOff(config, { kind: 'region', name: 'us' }, { uses, open }).faults; // [] where every line that must survive does
 */
export function cutOff(written: GatewayConfig, cut: Cut, { uses, open, settings = [] }: Befallen): CutOff {
  refuseUnknown(written, cut);
  const config = standing(written, settings);
  const lines = uses.map((use) => lineFate(config, use, cut));
  return {
    cut,
    lines,
    runs: open.map((run) => runFate(config, run, cut)),
    faults: [...lines.flatMap((fate) => faultsOf(fate, cut)), ...unheardOf(config, uses)],
  };
}

function lineFate(config: GatewayConfig, { line, stages }: LineUse, cut: Cut): LineFate {
  const fates = stages.map((stage) => stageFate(config, stage, cut));
  const needs = own(config.lines ?? {}, line);
  return { line, kind: worst(fates.map(({ kind }) => kind)), mustSurvive: needs?.mustSurvive?.includes(cut.kind) ?? false, stages: fates };
}

function runFate(config: GatewayConfig, { run, line, owed }: OpenRun, cut: Cut): RunFate {
  if (owed === null) return { run, line, kind: 'unknown', sentence: 'It was begun by an older jidoka, which kept its line elsewhere.' };
  const fates = owed.map((stage) => stageFate(config, stage, cut));
  const kind = worst(fates.map((fate) => fate.kind));
  const decisive = fates.find((fate) => fate.kind === kind);
  const sentence = kind === 'untouched' ? 'It goes on as it is.' : `At stage "${decisive?.stage ?? ''}". ${decisive?.sentence ?? ''}`;
  return { run, line, kind, sentence };
}

function faultsOf({ line, mustSurvive, stages }: LineFate, cut: Cut): string[] {
  if (!mustSurvive) return [];
  return stages.flatMap(({ stage, kind, sentence }) => {
    if (kind !== 'stops' && kind !== 'unknown') return [];
    const how = kind === 'stops' ? 'does not' : 'is not known to';
    return [`Line "${line}" must survive without ${cut.kind} "${cut.name}" and ${how}, at stage "${stage}". ${sentence}`];
  });
}

/** A promise for a line that nobody knows is kept by nobody: most likely its name is misspelt. */
function unheardOf({ lines = {} }: GatewayConfig, uses: readonly LineUse[]): string[] {
  const known = uses.map(({ line }) => line);
  return Object.entries(lines).flatMap(([line, { mustSurvive = [] }]) =>
    mustSurvive.length === 0 || known.includes(line) ? [] : [`Line "${line}" must survive, and no line of that name is known.`],
  );
}
