import fs from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import { stopReason } from '../../../core/ports/abort.ts';
import type { AttachOptions, ProcessExit, ProcessRef, ProcessResult } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { lifeOf } from '../spawn/life.ts';
import { endProcesses } from '../spawn/processes.ts';
import type { SeeProcesses } from '../spawn/processes.ts';
import { defaultOutputBytes } from '../spawn/spawn.ts';
import { settle } from '../spawn/keep.ts';
import { files } from '../spawn/order.ts';
import type { Ending } from '../spawn/order.ts';
import { readOutput } from './read-output.ts';

/** Where the traces of a workspace's started commands are, and how to see its processes. */
export interface Traces {
  readonly started: string;
  /** Begins the marker of every process of the workspace. */
  readonly job: string;
  readonly see: SeeProcesses;
  /** Aborted when the workspace has used up what it may have; the reason is how a command ends by it. */
  readonly spent?: AbortSignal;
}

const longestPollMs = 250;

/**
 * Waits for a started command and ends what is left of it; ends it before its time for a limit or an aborted signal.
 * Throws `fenced` at once, and leaves the command alone, where the signal says that another process has it now.
 */
export async function attachKept(process: ProcessRef, options: AttachOptions, traces: Traces): Promise<ProcessResult | 'gone'> {
  if (!/^[\da-f-]{36}$/.test(process.id)) return 'gone';
  const folder = join(traces.started, process.id);
  const ending = await endingOf(folder, process, { ...options, ...(traces.spent && { spent: traces.spent }) });
  await endProcesses({ marker: `JIDOKA_JOB=${traces.job}${process.id}`, group: null }, traces.see);
  if (ending === null) return 'gone';
  return { ...ending, ...(await outputOf(folder, options.maxOutputBytes ?? defaultOutputBytes, ending)) };
}

/** How it ended; null where its keeper is gone without having said so. */
async function endingOf(folder: string, process: ProcessRef, options: AttachOptions & Pick<Traces, 'spent'>): Promise<Ending | null> {
  const limits = limitsOf(folder, process, options);
  for (let pollMs = 5; ; pollMs = Math.min(2 * pollMs, longestPollMs)) {
    const lives = (await lifeOf(process.pid)) === process.life;
    const ending = await readEnding(folder);
    const exit = lives && ending === null && !options.signal.aborted ? await limits() : null;
    // No word is waited for between here and what is done about it.
    const reason = stopReason(options.signal);
    if (reason === 'lost') throw lost(process);
    if (ending !== null || !lives) return ending;
    if (reason !== null) return settleAs(folder, process, { kind: 'cancelled' });
    if (exit !== null) return settleAs(folder, process, exit);
    if (options.spent?.aborted === true) return settleAs(folder, process, options.spent.reason as ProcessExit); // as whoever aborted it said
    await wait(pollMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Says how far a command is from its limits: what ends it now, or null. */
function limitsOf(folder: string, process: ProcessRef, { timeoutMs, stallMs }: AttachOptions): () => Promise<ProcessExit | null> {
  // Looked at by the calendar once, and then by a clock that no sleep of the machine and no correction moves.
  const offsetMs = Date.now() - performance.now();
  const startedMs = Date.parse(process.startedAt) - offsetMs;
  let heardMs: number | null = null;
  let heardBytes = -1;
  return async () => {
    const nowMs = performance.now();
    if (nowMs - startedMs >= timeoutMs) return { kind: 'timed-out', afterMs: timeoutMs };
    if (stallMs === undefined) return null;
    const { bytes, writtenMs } = await writtenIn(folder);
    if (heardMs === null) heardMs = Math.min(nowMs, Math.max(startedMs, writtenMs - offsetMs));
    else if (bytes !== heardBytes) heardMs = nowMs;
    heardBytes = bytes;
    return nowMs - heardMs >= stallMs ? { kind: 'stalled', afterMs: stallMs } : null;
  };
}

async function writtenIn(folder: string): Promise<{ readonly bytes: number; readonly writtenMs: number }> {
  const found = await Promise.all([files.stdout, files.stderr].map((name) => stat(join(folder, name)).catch(() => null)));
  const bytes = found.reduce((sum, file) => sum + (file?.size ?? 0), 0);
  // A file that nothing was written to tells when it was made, which says nothing of the command.
  return { bytes, writtenMs: Math.max(0, ...found.map((file) => (file === null || file.size === 0 ? 0 : file.mtimeMs))) };
}

/** Not synced: whoever waits for the disk here keeps alive what is to end, and after a loss of power it has ended. */
async function settleAs(folder: string, process: ProcessRef, exit: ProcessExit): Promise<Ending | null> {
  const ending = { exit, durationMs: Math.max(0, Date.now() - Date.parse(process.startedAt)) };
  try {
    settle(fs, { folder, ending, synced: false });
  } catch (error) {
    throw workspaceFault(error, `ending the started command ${process.id}`);
  }
  return readEnding(folder);
}

async function readEnding(folder: string): Promise<Ending | null> {
  const text = await readFile(join(folder, files.ending), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Ending; // our own words, linked into place when they were whole
  } catch {
    // The machine lost its power before they were on the disk.
    return null;
  }
}

async function outputOf(folder: string, limit: number, { exit }: Ending): Promise<Pick<ProcessResult, 'stdout' | 'stderr' | 'truncated'>> {
  const [stdout, stderr] = await Promise.all([files.stdout, files.stderr].map((name) => readOutput(join(folder, name), limit)));
  const flooded = exit.kind === 'signalled' && exit.signal === 'SIGXFSZ';
  const truncated = flooded || stdout?.truncated === true || stderr?.truncated === true;
  return { stdout: stdout?.text ?? '', stderr: stderr?.text ?? '', truncated };
}

function lost({ id }: ProcessRef): JidokaError {
  return new JidokaError('fenced', `The started command ${id} was given to another process.`, {
    mend: 'Leave it to the process that has it now.',
  });
}
