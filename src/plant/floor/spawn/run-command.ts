import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Readable } from 'node:stream';
import type { Command, Conversation, ProcessExit, ProcessResult } from '../../../core/ports/floor.ts';
import { drained } from './drained.ts';
import { endProcesses } from './processes.ts';
import type { SeeProcesses } from './processes.ts';
import { untilGone } from './until-gone.ts';
import { startProcess } from './spawn.ts';
import type { Running, Start } from './spawn.ts';

/** Everything a command of a workspace needs around it. */
export interface CommandSurroundings {
  readonly cwd: string;
  readonly user: Start['user'];
  /** Begins the marker of every process of the workspace. */
  readonly job: string;
  readonly see: SeeProcesses;
  /** User id of all that a command started, behind a wall that ends it with the command; null where it must be looked for. */
  readonly endsWith: number | null;
  /** Aborted when the workspace has used up what it may have; the reason is how a command ends by it. */
  readonly spent?: AbortSignal;
  readonly clock: Clock;
}

const longestTimerMs = 2 ** 31 - 1;

/** Runs a command to its end, or ends it when its time is over or it is no longer wanted; leaves no process behind. */
export async function runCommand(command: Command, around: CommandSurroundings): Promise<ProcessResult> {
  if (command.signal?.aborted === true) return cancelledBefore();
  return launch(command, around, false).result;
}

/** Runs a command to talk to; ended like any other, and leaves no process behind. */
export async function converseWith(command: Command, around: CommandSurroundings): Promise<Conversation> {
  if (command.signal?.aborted === true) return conversationOf(null, Promise.resolve(cancelledBefore()));
  const { running, heard, result } = launch(command, around, true);
  return conversationOf(running.streams, result, heard);
}

interface Launched {
  readonly running: Running;
  readonly heard: () => void;
  readonly result: Promise<ProcessResult>;
}

function launch(command: Command, around: CommandSurroundings, talks: boolean): Launched {
  const begunMs = around.clock.monotonicMs();
  const job = `${around.job}${randomUUID()}`;
  const stop = stopOf(command, around.spent);
  const running = startProcess({
    argv: command.argv,
    cwd: around.cwd,
    env: { ...command.env, JIDOKA_JOB: job },
    user: around.user,
    talks,
    onOutput: stop.heard,
    ...(command.maxOutputBytes === undefined ? {} : { maxOutputBytes: command.maxOutputBytes }),
  });
  const toItsEnd = async (): Promise<ProcessResult> => {
    const first = await Promise.race([running.ended, stop.when]);
    stop.clear();
    const who = { marker: `JIDOKA_JOB=${job}`, group: running.group };
    const ended = first.kind === 'exited' || first.kind === 'signalled';
    const isOver = around.endsWith !== null && ended && (await untilGone(around.endsWith, who.marker));
    if (running.group !== null && !isOver) await endProcesses(who, around.see);
    await running.ended;
    const output = await running.collect();
    return { exit: first, ...output, durationMs: around.clock.monotonicMs() - begunMs };
  };
  return { running, heard: stop.heard, result: toItsEnd() };
}

function conversationOf(streams: Running['streams'], result: Promise<ProcessResult>, heard: () => void = () => undefined): Conversation {
  return {
    output: streams === null ? nothing() : told(streams.stdout, heard),
    write: async (chunk) => {
      if (streams === null || streams.stdin.destroyed || streams.stdin.writableEnded) return;
      if (!streams.stdin.write(chunk)) await drained(streams.stdin);
    },
    end: () => void streams?.stdin.end(),
    result,
  };
}

/** A stream that is destroyed when its program ended says nothing more; that is no fault. */
async function* told(stdout: Readable, heard: () => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stdout) {
      heard();
      yield chunk as Buffer;
    }
  } catch (error) {
    if (!stdout.destroyed) throw error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A program that did not start says nothing.
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
function stopOf({ timeoutMs, stallMs, signal }: Command, spent: AbortSignal | undefined): Stop {
  let end = (_exit: ProcessExit): void => undefined;
  const when = new Promise<ProcessExit>((resolve) => (end = resolve));
  const cancel = (): void => end({ kind: 'cancelled' });
  const spend = (): void => end(spent?.reason as ProcessExit); // whoever aborts it gives that reason
  const timer = setTimeout(() => end({ kind: 'timed-out', afterMs: timeoutMs }), Math.min(timeoutMs, longestTimerMs));
  const silence =
    stallMs === undefined ? null : setTimeout(() => end({ kind: 'stalled', afterMs: stallMs }), Math.min(stallMs, longestTimerMs));
  signal?.addEventListener('abort', cancel);
  spent?.addEventListener('abort', spend);
  if (spent?.aborted === true) spend();
  return {
    when,
    heard: () => void silence?.refresh(),
    clear: () => {
      clearTimeout(timer);
      if (silence !== null) clearTimeout(silence);
      signal?.removeEventListener('abort', cancel);
      spent?.removeEventListener('abort', spend);
    },
  };
}
