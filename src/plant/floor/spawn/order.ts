import type { ProcessExit } from '../../../core/ports/floor.ts';
import type { Start } from './spawn.ts';

/** What the keeper of a started command is told, on its stdin: half an order starts nothing. */
export interface Order {
  /** The private folder of this one command. */
  readonly folder: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: Start['user'];
  /** When the keeper ends the command though nobody waits for it, in milliseconds. */
  readonly timeoutMs: number;
  /** Output written to disk, both streams together, in bytes; who writes more is ended by SIGXFSZ. */
  readonly mostOutputBytes: number;
}

/** How a started command ended. */
export interface Ending {
  readonly exit: ProcessExit;
  readonly durationMs: number;
}

/** Names of the files in the private folder of a started command. */
export const files = {
  keeper: 'keeper.cjs',
  process: 'process.json',
  stdout: 'stdout',
  stderr: 'stderr',
  ending: 'ending.json',
} as const;
