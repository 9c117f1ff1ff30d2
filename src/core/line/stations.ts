import type { Stage, StageKind } from './line.ts';
import type { RunState } from './state.ts';

/** Kinds of stages that a station does. */
const byStations: ReadonlySet<StageKind> = new Set(['change', 'reproduction', 'judgement']);

/** Tells the stages that a station does. */
export function isByStation({ does }: Pick<Stage, 'does'>): boolean {
  return byStations.has(does);
}

/** Stations that run the program which the stage names: any program, or any agent of the Agent Client Protocol. */
export const programStations: readonly string[] = ['command', 'acp'];

/** So often work is sent back to the first station of a stage; from then on the second is the first to be asked. */
const sentBackToFirst = 2;

/** Whether the first station of a stage has had its rounds, after so many more of them. */
export function hasHadItsRounds(stage: string, { reworks }: Pick<RunState, 'reworks'>, more = 0): boolean {
  return reworks.filter(({ to }) => to === stage).length + more >= sentBackToFirst;
}

/**
 * The model that a station asks by a call of its own, without an agent; null for any other station.
 *
 * @example
 * modelNamed('model:small'); // 'small'
 */
export function modelNamed(station: string): string | null {
  return /^model:(.+)$/s.exec(station)?.[1] ?? null;
}

/** How a station is played, whose every word and change comes out of a file; null for one that works. */
export function playedBy(station: string): 'script' | 'replay' | null {
  const [, word] = /^(script|replay):/.exec(station) ?? [];
  return word === 'script' || word === 'replay' ? word : null;
}

/**
 * Names the stations of a stage in the order in which they are tried; none for a stage that no station does.
 *
 * @example
 * stationsOf({ id: 'change', does: 'change', station: ['a', 'b'] }); // ['a', 'b']
 */
export function stationsOf({ station }: Pick<Stage, 'station'>): readonly string[] {
  if (station === undefined) return [];
  return typeof station === 'string' ? [station] : station;
}
