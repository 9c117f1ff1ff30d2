import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Command, Conversation, ProcessExit, ProcessResult, Workspace, WorkspaceFiles } from '../../src/core/ports/floor.ts';

/** Folders of a workspace that stand already. */
export interface FolderPlace {
  readonly scratch: string;
}

/**
 * A workspace of a folder of this host, without a floor: its commands run as the test's own user, in process groups that
 * end with them. What it is asked to remove when it is destroyed is its own folders.
 *
 * @example
 * const workspace = folderWorkspace('/tmp/tree');
 */
export function folderWorkspace(root: string, { scratch }: FolderPlace = { scratch: `${root}.scratch` }): Workspace {
  const started = new Map<string, Promise<ProcessResult>>();
  const converse = async (command: Command): Promise<Conversation> => {
    const { child, result } = launch(root, command, true);
    return {
      output: child.stdout,
      write: async (chunk) => {
        if (!child.stdin.destroyed && !child.stdin.write(chunk)) await drained(child.stdin);
      },
      end: () => void child.stdin.end(),
      result,
    };
  };
  const tree = { root, base: null, converse };
  const run = (command: Command): Promise<ProcessResult> => {
    const { child, result } = launch(root, command, false);
    child.stdin.end();
    return result;
  };
  return {
    name: 'folder',
    ref: { floor: 'folder', host: hostname(), name: root },
    root,
    scratch,
    files: filesOf(root),
    spawn: run,
    converse,
    start: async (command) => {
      const id = String(started.size + 1);
      started.set(id, run(command));
      return { id, pid: process.pid, life: 'folder', startedAt: new Date().toISOString() };
    },
    attach: async ({ id }) => (await started.get(id)) ?? 'gone',
    seed: (source) => source.plant(tree),
    harvest: (sink) => sink.take(tree),
    expose: async (port) => {
      throw new Error(`A folder has no network of its own: port ${port} is one of the host.`);
    },
    usage: async () => ({ cpuMs: null, memoryPeakBytes: null, processes: null, diskBytes: null, refusals: [] }),
    destroy: async () => {
      for (const folder of [root, scratch]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a stream takes more, or takes nothing any more, and leaves no listener on it. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

function filesOf(root: string): WorkspaceFiles {
  return {
    read: (path) => readFile(join(root, path), 'utf8').catch(missing),
    write: async (path, content) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    },
    remove: (path) => rm(join(root, path), { recursive: true, force: true }),
    list: (folder) => list(root, folder),
  };
}

async function list(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(missing);
  const found = (entries ?? []).map(async (entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() && !['node_modules', '.git'].includes(entry.name) ? [path, ...(await list(root, path))] : [path];
  });
  return (await Promise.all(found)).flat().sort();
}

/** What a test needs of the surroundings, and not the variables of the runner that this test runs under. */
const environment = { PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'), HOME: tmpdir(), LANG: 'C.UTF-8' };

interface Launched {
  readonly child: ChildProcessWithoutNullStreams;
  readonly result: Promise<ProcessResult>;
}

function launch(root: string, command: Command, talks: boolean): Launched {
  const [file, ...args] = command.argv;
  const begun = performance.now();
  const child = spawn(file, args, { cwd: join(root, command.cwd), env: { ...environment, ...command.env }, detached: true });
  child.stdin.on('error', () => undefined);
  const result = new Promise<ProcessResult>((resolve) => {
    const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    if (!talks) child.stdout.on('data', (chunk: Buffer) => output.stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.stderr.push(chunk));
    let cut: ProcessExit | null = null;
    const end = (why: ProcessExit): void => {
      cut = why;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(() => end({ kind: 'timed-out', afterMs: command.timeoutMs }), command.timeoutMs);
    const cancel = (): void => end({ kind: 'cancelled' });
    command.signal?.addEventListener('abort', cancel, { once: true });
    const finish = (exit: ProcessExit): void => {
      clearTimeout(timer);
      command.signal?.removeEventListener('abort', cancel);
      const most = command.maxOutputBytes ?? 8 * 1024 * 1024;
      const [out, err] = [Buffer.concat(output.stdout), Buffer.concat(output.stderr)];
      const truncated = out.length > most || err.length > most;
      const [stdout, stderr] = [out.toString('utf8').slice(0, most), err.toString('utf8').slice(0, most)];
      resolve({ exit: cut ?? exit, stdout, stderr, truncated, durationMs: Math.round(performance.now() - begun) });
    };
    child.on('error', (error) => finish({ kind: 'not-started', message: error.message }));
    child.on(talks ? 'exit' : 'close', (code: number | null, signal: NodeJS.Signals | null) =>
      finish(code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code }),
    );
  });
  return { child, result };
}

function missing(): null {
  return null;
}
