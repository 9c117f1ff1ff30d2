import type * as childProcess from 'node:child_process';
import type * as fileSystem from 'node:fs';
import type { Readable } from 'node:stream';
import type { ProcessExit } from '../../../core/ports/floor.ts';
import type { Ending, Order } from './order.ts';

type FileSystem = typeof fileSystem;

/** An ending to write down; `synced` where it must outlive a loss of power. */
export interface Settlement {
  readonly folder: string;
  readonly ending: Ending;
  readonly synced: boolean;
}

/**
 * Writes down how a command ended, if nobody did before: the first to say so is right.
 * Refers to nothing outside of itself, because the keeper runs its text.
 */
export function settle(fs: FileSystem, { folder, ending, synced }: Settlement): void {
  const draft = `${folder}/ending.${process.pid}.${process.hrtime.bigint()}`;
  const file = fs.openSync(draft, 'wx', 0o600);
  fs.writeSync(file, JSON.stringify(ending));
  if (synced) fs.fsyncSync(file);
  fs.closeSync(file);
  try {
    fs.linkSync(draft, `${folder}/ending.json`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  fs.rmSync(draft);
}

/**
 * The keeper: a program of its own that runs one command, writes down its output and its end, and needs nobody.
 * Refers to nothing outside of itself: its text is what runs, so that it is the same from source and from a package,
 * and goes on unchanged when the package is replaced under it.
 */
function keep(load: NodeJS.Require, record: typeof settle): void {
  const { spawn } = load('node:child_process') as typeof childProcess;
  const fs = load('node:fs') as FileSystem;
  const order = JSON.parse(fs.readFileSync(0, 'utf8')) as Order; // the factory's own words; half of them are no JSON
  const begun = performance.now();
  const { folder, timeoutMs } = order;
  const end = (exit: ProcessExit): never => {
    record(fs, { folder, ending: { exit, durationMs: Math.round(performance.now() - begun) }, synced: true });
    process.exit();
  };
  // A signal to the whole workspace is for the command; the keeper stays to tell of its end.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
  // Nobody wants it any more: it was ended before it began.
  if (fs.existsSync(`${folder}/ending.json`)) return;
  if (!fs.existsSync(order.cwd)) end({ kind: 'not-started', message: `there is no folder ${order.cwd}` });
  const [file, ...args] = order.argv;
  const user = order.user === null ? {} : { uid: order.user.uid, gid: order.user.gid };
  const launch = (): childProcess.ChildProcessByStdio<null, Readable, Readable> => {
    try {
      return spawn(file, args, { cwd: order.cwd, env: order.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    } catch (error) {
      return end({ kind: 'not-started', message: String(error) });
    }
  };
  const child = launch();
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  };
  const stop = (exit: ProcessExit): void => {
    endGroup();
    end(exit);
  };
  let room = order.mostOutputBytes;
  for (const name of ['stdout', 'stderr'] as const) {
    const output = fs.openSync(`${folder}/${name}`, 'a', 0o600);
    child[name]
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        fs.writeSync(output, chunk.subarray(0, room));
        room -= chunk.length;
        if (room < 0) stop({ kind: 'signalled', signal: 'SIGXFSZ' });
      });
  }
  child.once('error', (error) => end({ kind: 'not-started', message: error.message }));
  child.once('exit', (code, signal) => {
    endGroup();
    const exit: ProcessExit = code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code };
    child.once('close', () => end(exit));
    // Somebody who left the group may hold the pipes open; what the command itself wrote is read by then.
    setTimeout(() => end(exit), 500);
  });
  setTimeout(() => stop({ kind: 'timed-out', afterMs: timeoutMs }), Math.min(timeoutMs + 2_000, 2 ** 31 - 1));
}

/** The text of the keeper's program, a CommonJS module. */
export function keeperProgram(): string {
  return `(${keep.toString()})(require, ${settle.toString()});\n`;
}
