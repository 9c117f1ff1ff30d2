import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command, ProcessExit, ProcessResult, Workspace } from '../../src/core/ports/floor.ts';

/**
 * Opens a workspace in a temporary folder with the given files in it and, where asked for, packages of another
 * checkout linked into its node_modules. A command runs as the test's own user, in a process group that ends with it.
 */
export async function tempWorkspace(files: Readonly<Record<string, string>>, packages?: { readonly from: string }): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'jidoka-runner-')));
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  if (packages !== undefined) await linkPackages(packages.from, join(root, 'node_modules'));
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'jidoka-scratch-')));
  const started = new Map<string, Promise<ProcessResult>>();
  return {
    name: 'temp',
    root,
    scratch,
    start: async (command) => {
      const id = String(started.size + 1);
      started.set(id, run(root, command));
      return { id, pid: process.pid, life: 'temp', startedAt: new Date().toISOString() };
    },
    attach: async ({ id }) => (await started.get(id)) ?? 'gone',
    handOver: () => Promise.resolve(),
    spawn: (command) => run(root, command),
    read: (path) => readFile(join(root, path), 'utf8').catch(missing),
    write,
    remove: (path) => rm(join(root, path), { recursive: true, force: true }),
    list: (folder) => list(root, folder),
    destroy: async () => {
      for (const folder of [root, scratch]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The folder itself is the workspace's own, so that a run can lay files into it. */
async function linkPackages(from: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    await symlink(join(from, name), join(into, name));
  }
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

function run(root: string, command: Command): Promise<ProcessResult> {
  const [file, ...args] = command.argv;
  const begun = performance.now();
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: join(root, command.cwd),
      env: { ...environment, ...command.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    let cut: ProcessExit | null = null;
    const end = (exit: ProcessExit) => {
      cut = exit;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(() => end({ kind: 'timed-out', afterMs: command.timeoutMs }), command.timeoutMs);
    const finish = (exit: ProcessExit) => {
      clearTimeout(timer);
      const most = command.maxOutputBytes ?? 8 * 1024 * 1024;
      const truncated = output.stdout.length > most || output.stderr.length > most;
      resolve({
        exit: cut ?? exit,
        stdout: output.stdout.slice(0, most),
        stderr: output.stderr.slice(0, most),
        truncated,
        durationMs: Math.round(performance.now() - begun),
      });
    };
    child.on('error', (error) => finish({ kind: 'not-started', message: error.message }));
    child.on('close', (code, signal) =>
      finish(code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code }),
    );
  });
}

function missing(): null {
  return null;
}
