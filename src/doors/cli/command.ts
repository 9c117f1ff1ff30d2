import type { Settings } from '../config.ts';
import type { Page } from './page.ts';
import type { World } from './world.ts';

/** A command as data: the parser, the help and the dispatch are made of these records. */
export interface CommandRecord {
  /** Words that call it: ['run', 'deps']. */
  readonly path: readonly [string, ...string[]];
  readonly summary: string;
  readonly arguments: readonly { readonly syntax: string; readonly description: string }[];
  readonly options: readonly OptionRecord[];
  /** Command lines to show below the help, without 'jidoka'. */
  readonly examples: readonly string[];
  run(call: Call): Promise<Answer>;
}

export interface OptionRecord {
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly preset?: string;
  readonly required?: boolean;
}

/** One use of a command, parsed. Option names are written as on the command line, without the dashes. */
export interface Call {
  readonly arguments: readonly string[];
  text(option: string): string | null;
  flag(option: string): boolean;
  readonly settings: Settings;
  readonly world: World;
}

/** What a command has to say. One of the two forms is printed to stdout, and nothing else is. */
export interface Answer {
  readonly exitCode: number;
  /** The document for `--json`; null where the command has printed its lines already. */
  readonly document: object | null;
  /** The text for people, without a line end. */
  text(page: Page): string;
}

export const jsonOption: OptionRecord = { flags: '--json', description: 'print one JSON document on stdout and nothing else' };

/** The one argument of the commands that speak of a run. */
export const runArgument = { syntax: '<run>', description: 'id of the run, as `jidoka runs` lists it' } as const;
