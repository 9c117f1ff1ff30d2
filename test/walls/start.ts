import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessExit } from '../../src/core/ports/floor.ts';

/** A process in a group of its own. */
export interface Started {
  readonly group: number | null;
  readonly ended: Promise<ProcessExit>;
  /** What it wrote; call after it ended. What it left running may hold its pipes for two seconds. */
  collect(): Promise<{ readonly stdout: string; readonly stderr: string; readonly truncated: boolean }>;
}

export interface StartOrder {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/** Starts a process as a floor does: nothing of this one's environment reaches it, and its input is closed. */
export function start({ argv: [file, ...args], cwd, env, user }: StartOrder): Started {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (chunk: string) => (said[name] += chunk));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = new Promise<ProcessExit>((resolve) => {
    child.once('error', ({ message }) => resolve({ kind: 'not-started', message }));
    child.once('exit', (code, signal) => resolve(code === null ? { kind: 'signalled', signal: signal ?? '' } : { kind: 'exited', code }));
  });
  return {
    group: child.pid ?? null,
    ended,
    async collect() {
      await Promise.race([closed, wait(child.pid === undefined ? 0 : 2_000, undefined, { ref: false })]);
      child.stdout.destroy();
      child.stderr.destroy();
      return { ...said, truncated: false };
    },
  };
}
