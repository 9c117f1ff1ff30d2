import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Command, ProcessExit, ProcessResult } from '../../../core/ports/floor.ts';
import { endProcesses } from './processes.ts';
import type { SeeProcesses } from './processes.ts';
import { startProcess } from './spawn.ts';
import type { Start } from './spawn.ts';

/** Everything a command of a workspace needs around it. */
export interface CommandSurroundings {
  readonly cwd: string;
  readonly user: Start['user'];
  /** Begins the marker of every process of the workspace. */
  readonly job: string;
  readonly see: SeeProcesses;
  readonly clock: Clock;
}

const longestTimerMs = 2 ** 31 - 1;

/** Runs a command to its end, or ends it when its time is over or it is no longer wanted; leaves no process behind. */
export async function runCommand(command: Command, around: CommandSurroundings): Promise<ProcessResult> {
  const begunMs = around.clock.monotonicMs();
  if (command.signal?.aborted === true) return cancelledBefore();
  const job = `${around.job}${randomUUID()}`;
  const stop = stopOf(command);
  const running = startProcess({
    argv: command.argv,
    cwd: around.cwd,
    env: { ...command.env, JIDOKA_JOB: job },
    user: around.user,
    onOutput: stop.heard,
    ...(command.maxOutputBytes === undefined ? {} : { maxOutputBytes: command.maxOutputBytes }),
  });
  const first = await Promise.race([running.ended, stop.when]);
  stop.clear();
  if (running.group !== null) await endProcesses({ marker: `JIDOKA_JOB=${job}`, group: running.group }, around.see);
  await running.ended;
  const output = await running.collect();
  return { exit: first, ...output, durationMs: around.clock.monotonicMs() - begunMs };
}

function cancelledBefore(): ProcessResult {
  return { exit: { kind: 'cancelled' }, stdout: '', stderr: '', truncated: false, durationMs: 0 };
}

interface Stop {
  readonly when: Promise<ProcessExit>;
  /** The command said something: it has not stalled. */
  readonly heard: () => void;
  readonly clear: () => void;
}

/** The first reason to end a command before it ends by itself. */
function stopOf({ timeoutMs, stallMs, signal }: Command): Stop {
  let end = (_exit: ProcessExit): void => undefined;
  const when = new Promise<ProcessExit>((resolve) => (end = resolve));
  const cancel = (): void => end({ kind: 'cancelled' });
  const timer = setTimeout(() => end({ kind: 'timed-out', afterMs: timeoutMs }), Math.min(timeoutMs, longestTimerMs));
  const silence =
    stallMs === undefined ? null : setTimeout(() => end({ kind: 'stalled', afterMs: stallMs }), Math.min(stallMs, longestTimerMs));
  signal?.addEventListener('abort', cancel);
  return {
    when,
    heard: () => void silence?.refresh(),
    clear: () => {
      clearTimeout(timer);
      if (silence !== null) clearTimeout(silence);
      signal?.removeEventListener('abort', cancel);
    },
  };
}
