import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessExit } from '../../../core/ports/floor.ts';
import { boundedOutput } from './bounded-output.ts';
import type { BoundedOutput } from './bounded-output.ts';

/** A process to start: nothing of the factory's own environment reaches it. */
export interface Start {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Another user to run as; null for the factory's own. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly maxOutputBytes?: number;
  /** Told each time the process, or what it started, wrote something. */
  readonly onOutput?: () => void;
  /** Its stdin and stdout are to be talked over instead of closed and collected. */
  readonly talks?: boolean;
}

export interface Running {
  /** Process group of the process and what it starts; null where it did not start. */
  readonly group: number | null;
  /** Streams of one that is talked to; null for any other, and where it did not start. */
  readonly streams: { readonly stdin: Writable; readonly stdout: Readable } | null;
  /** How the process itself ended; what it started may go on. */
  readonly ended: Promise<ProcessExit>;
  /** What it and everything it started wrote. Call after they ended. */
  collect(): Promise<{ readonly stdout: string; readonly stderr: string; readonly truncated: boolean }>;
}

/** Output kept of a stream where the command does not say, in bytes. */
export const defaultOutputBytes = 8 * 1024 * 1024;
/** How long to wait for the pipes of a process that is gone, in milliseconds. */
const drainMs = 2_000;

/** Starts a process in a group of its own, with stdin closed unless it is talked to. What is to live on without the factory is started by `started/`. */
export function startProcess(start: Start): Running {
  const limit = start.maxOutputBytes ?? defaultOutputBytes;
  const stdout = boundedOutput(limit);
  const stderr = boundedOutput(limit);
  const child = tryToSpawn(start);
  if (typeof child === 'string') return neverStarted(child);

  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said = new Promise<void>((resolve) => child.stderr?.once('close', () => resolve()));
  const ended = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not-started', message: error.message }));
    child.once('exit', (code, signal) => resolve(exitOf(code, signal)));
  });
  const streams =
    start.talks === true && child.stdin !== null && child.stdout !== null ? { stdin: child.stdin, stdout: child.stdout } : null;
  pump(child, { stdout: streams === null ? stdout : null, stderr, onOutput: start.onOutput ?? (() => undefined) });
  return {
    group: child.pid ?? null,
    streams,
    ended,
    collect: async () => {
      const done = streams === null ? closed : said;
      await Promise.race([done, wait(child.pid === undefined ? 0 : drainMs, undefined, { ref: false })]);
      // Whoever talks to it reads its last words at his own pace.
      if (streams === null) child.stdout?.destroy();
      child.stderr?.destroy();
      return { stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated() || stderr.truncated() };
    },
  };
}

/** Runs a short tool of the machine to its end; '' where it cannot be started. For the floor's own questions only. */
export async function capture(start: Start): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const running = startProcess(start);
  const ended = await running.ended;
  const { stdout } = await running.collect();
  return { code: ended.kind === 'exited' ? ended.code : null, stdout };
}

function tryToSpawn(start: Start): ChildProcess | string {
  const [file, ...args] = start.argv;
  const user = start.user === null ? {} : { uid: start.user.uid, gid: start.user.gid };
  try {
    const stdin = start.talks === true ? 'pipe' : 'ignore';
    return spawn(file, args, { cwd: start.cwd, env: { ...start.env }, detached: true, stdio: [stdin, 'pipe', 'pipe'], ...user });
  } catch (error) {
    // Node throws for what it does not expect: arguments too long, a user it may not become.
    return error instanceof Error ? error.message : String(error);
  }
}

function neverStarted(message: string): Running {
  return {
    group: null,
    streams: null,
    ended: Promise.resolve({ kind: 'not-started', message }),
    collect: async () => ({ stdout: '', stderr: '', truncated: false }),
  };
}

function exitOf(code: number | null, signal: string | null): ProcessExit {
  return code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code };
}

interface Sinks {
  readonly stdout: BoundedOutput | null;
  readonly stderr: BoundedOutput;
  readonly onOutput: () => void;
}

function pump(child: ChildProcess, sinks: Sinks): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const sink = sinks[name];
    if (sink !== null)
      child[name]?.on('data', (chunk: Buffer) => {
        sink.add(chunk);
        sinks.onOutput();
      });
    // A pipe can break when its other end is killed; how the process ended says what matters.
    child[name]?.on('error', () => undefined);
  }
  child.stdin?.on('error', () => undefined);
}
