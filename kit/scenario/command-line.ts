import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Where and how a command line is run. */
export interface Setting {
  readonly cwd: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a process left when it ended. */
export interface Ended {
  /** Exit code, or null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the real command line, while it lives. */
export interface Running {
  readonly pid: number;
  /** Lines of stderr so far, whole ones only. */
  lines(): readonly string[];
  /** The same of stdout. */
  out(): readonly string[];
  /** Resolves with the first line of stderr, old or new, that the question is true for; rejects where it ends before. */
  says(question: (line: string, index: number) => boolean): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/**
 * Starts the compiled command line in a process of its own.
 *
 * @example
 * const running = startCommand(['run', 'deps', '--all'], { cwd: repository, env });
 * await running.says((line) => line.includes('baseline'));
 * running.kill('SIGKILL');
 */
export function startCommand(args: readonly string[], { cwd, env }: Setting): Running {
  const child = spawn(process.execPath, [program(), ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = collect(child.stdout);
  const listeners = new Set<() => void>();
  const told = collect(child.stderr, () => listeners.forEach((listen) => listen()));
  const lines = (): readonly string[] => wholeLines(told());
  const ended = endOf(child, out, told);
  return {
    pid: child.pid ?? 0,
    lines,
    out: () => wholeLines(out()),
    says: (question) =>
      new Promise((resolve, reject) => {
        const listen = (): void => {
          const line = lines().find(question);
          if (line === undefined) return;
          listeners.delete(listen);
          resolve(line);
        };
        listeners.add(listen);
        listen();
        ended.then(({ code, signal, stderr }) => reject(new Error(`It ended (${code ?? signal}) and never said so:\n${stderr}`)), reject);
      }),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** Runs a command line to its end. */
export function runCommand(args: readonly string[], setting: Setting): Promise<Ended> {
  return startCommand(args, setting).ended;
}

/** This file runs from `kit/scenario` and, compiled, from `dist/kit/scenario`. */
function program(): string {
  const here = fileURLToPath(import.meta.url);
  const main = /[\\/]dist[\\/]kit[\\/]/.test(here) ? '../../src/doors/cli/main.js' : '../../dist/src/doors/cli/main.js';
  return fileURLToPath(new URL(main, import.meta.url));
}

function wholeLines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

function endOf(child: ChildProcess, stdout: () => string, stderr: () => string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }));
  });
}

function collect(stream: NodeJS.ReadableStream, onData: () => void = () => undefined): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    onData();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
