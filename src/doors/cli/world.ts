import { userInfo } from 'node:os';
import type { Factory } from '../../core/ports/factory.ts';
import { type Environment, readEnvironment, type Settings } from '../config.ts';
import { processTerminal, type Terminal } from './live/terminal.ts';
import type { VerifyEvidence } from './verify.ts';
import type { GatewayDoor } from '../../core/ports/gateway/gateway-door.ts';
import {
  loadGateway,
  loadShipped,
  loadModelTwin,
  loadMove,
  loadVerifier,
  type MoveDatabase,
  openFactory,
  type Opening,
  type OpenModelTwin,
  type Shipped,
} from './wiring.ts';

/** What a command line stands in. Given, so that a test can stand it elsewhere. */
export interface World {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** For programs of elsewhere that are spoken with. */
  readonly terminal: Terminal;
  /** What is piped in, for a command that reads it. */
  stdin(): AsyncIterable<Uint8Array | string>;
  readonly env: Environment;
  readonly cwd: string;
  /** The script as it was called: process.argv[1]. */
  readonly script: string;
  /** Who asks, for the record: 'cli:ana'. */
  readonly actor: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back again and again until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
  /** Calls back on SIGINT, SIGTERM, SIGHUP and SIGQUIT until the returned function is called. */
  onSignal(listen: (signal: string) => void): () => void;
  openFactory(settings: Settings, log: (line: string) => void, opening?: Opening): Promise<Factory>;
  loadVerifier(): Promise<VerifyEvidence>;
  loadMove(): Promise<MoveDatabase>;
  loadModelTwin(): Promise<OpenModelTwin>;
  loadGateway(): Promise<GatewayDoor>;
  loadShipped(): Promise<Shipped>;
  /** Whether this command line was given from within a workspace of a factory: by a job, not by a person. */
  isInsideJob(): Promise<boolean>;
  /** Tells the process that started this one, where it listens. */
  report(message: object): void;
}

export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns where it is a terminal; 0 elsewhere. */
  readonly columns: number;
  /** Whether the reader went away, so that nothing more need be written. */
  readonly isGone: boolean;
}

/** The world of a real process. */
export function processWorld(): World {
  const env = readEnvironment();
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    terminal: processTerminal({ stdout: process.stdout, input: () => process.stdin }),
    stdin: () => process.stdin,
    env,
    cwd: process.cwd(),
    script: process.argv[1] ?? 'jidoka',
    actor: `cli:${userName()}`,
    now: () => Date.now(),
    every,
    onSignal,
    openFactory,
    loadVerifier,
    loadMove,
    loadModelTwin,
    loadGateway,
    loadShipped,
    isInsideJob: async () => {
      const { isInsideJob } = await import('./job.ts');
      return isInsideJob(env, process.ppid);
    },
    report: (message) => process.send?.(message),
  };
}

/** Writes until the reader goes away: `jidoka runs | head` is no error. */
export function sinkOf(stream: NodeJS.WriteStream): Sink {
  let readerGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    readerGone = true;
  });
  return {
    write(text) {
      if (!readerGone) stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get isGone() {
      return readerGone;
    },
    get columns() {
      return stream.isTTY === true ? stream.columns : 0;
    },
  };
}

function every(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  // A live line must not keep the process alive.
  timer.unref();
  return () => clearInterval(timer);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

function onSignal(listen: (signal: string) => void): () => void {
  for (const signal of signals) process.on(signal, listen);
  return () => {
    for (const signal of signals) process.off(signal, listen);
  };
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
