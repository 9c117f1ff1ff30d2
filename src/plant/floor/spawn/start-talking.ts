import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A program of the floor's own that is talked to over its streams. */
export interface Talking {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** The end of what it said on stderr so far. */
  said(): string;
  /** Its exit code once it has ended; null where it does not end in time, or was killed. */
  endsWithin(ms: number): Promise<number | null>;
  /** Ends it with all that it started. */
  drop(): void;
}

/** How long it may take to end by itself once it is told to, in milliseconds. */
const graceMs = 10_000;

/** Starts a program in a process group of its own, with the environment given. Throws where there is no such program. */
export async function startTalking(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Talking> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { env: { ...env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr } = child;
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined); // how it ended says what matters
  let text = '';
  stderr.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-4_000)));
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    stdin,
    stdout,
    said: () => text.trim(),
    async endsWithin(ms) {
      const signal = AbortSignal.timeout(ms);
      if (hasNotEnded(child)) await once(child, 'close', { signal }).catch(() => undefined);
      return child.exitCode;
    },
    drop() {
      stdin.destroy();
      stdout.destroy();
      signalGroup(child, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
      timer.unref();
      child.once('exit', () => clearTimeout(timer));
    },
  };
}

function hasNotEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || !hasNotEnded(child)) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
}
