import type { LedgerEvent } from '../../../src/core/evidence/event.ts';
import type { RunResult } from '../../../src/core/ports/factory.ts';
import type { TapeEntry } from '../../../src/plant/twin/index.ts';

export const groups = ['outcomes', 'cheats', 'faults', 'handovers', 'kills', 'hostile', 'inputs', 'acp'] as const;
export type Group = (typeof groups)[number];

/** What a model, or the machine, does to one station, and how the run may end. */
export interface Case {
  readonly group: Group;
  readonly name: string;
  /** What happens, for people. */
  readonly statement: string;
  /** Verdict and code of its reason, `*` for any part. Any other end is a fault of the factory. */
  readonly expected: readonly string[];
  /** Whom it is tried with; every agent where nothing is said. */
  readonly agents?: readonly string[];
  /** Stages of the line that the agent does; the change alone where nothing is said. */
  readonly parts?: 'all' | 'change';
  /** An agent that is not installed meanwhile. */
  readonly without?: string;
  /** Stations that can take over from the agent. */
  readonly next?: readonly string[];
  /** Arguments of the program where the station is `acp` or `command`. */
  readonly run?: readonly string[];
  readonly limits?: { readonly stall?: string; readonly timeout?: string; readonly retries?: number };
  /**
   * Which repository: `quiet` has the fault and no test that shows it, `failing` has that test too, `mended` has no fault. For
   * the change alone it is `failing` where nothing is said, else `quiet`.
   */
  readonly repository?: 'quiet' | 'failing' | 'mended';
  /** The whole ticket, where it is not the usual one. */
  readonly ticket?: string;
  /** What the model answers, in the form of docs/TWIN.md. */
  readonly scenario: object;
  /** What is done from outside while the run is under way. */
  readonly during?: (under: UnderWay) => Promise<void>;
  /** The first call of the model of which this is true is the last that the factory lives to; then the same command is given again. */
  readonly factoryDiesAt?: (entry: TapeEntry) => boolean;
  /** What is wrong with what was seen besides the end, in words; empty where nothing is. */
  readonly also?: (seen: Seen) => readonly string[];
}

export interface UnderWay {
  /** Resolves with the first call of the model of which this is true; rejects where the run ends before. */
  readonly called: (isIt: (entry: TapeEntry) => boolean) => Promise<TapeEntry>;
  /** Kills the processes of the agent with SIGKILL, and says how many there were. */
  readonly killAgent: () => Promise<number>;
}

export interface Seen {
  readonly agent: string;
  /** Null where the run waits for a person. */
  readonly result: RunResult | null;
  readonly events: readonly LedgerEvent['body'][];
  readonly calls: readonly TapeEntry[];
}

/** One trial as it is kept. */
export interface Cell {
  readonly agent: string;
  readonly case: string;
  readonly stages: 'all' | 'change';
  /** Of what was tried. */
  readonly digest: string;
  readonly expected: readonly string[];
  readonly outcome: string;
  readonly seconds: number;
  readonly orphans: number;
  /** What was wrong, in words. */
  readonly faults: readonly string[];
}

/** `outcomes/honest-fix`. */
export function idOf({ group, name }: Pick<Case, 'group' | 'name'>): string {
  return `${group}/${name}`;
}

/** Whether an end is one of those expected. */
export function isExpected(outcome: string, expected: readonly string[]): boolean {
  return expected.some((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`).test(outcome));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
