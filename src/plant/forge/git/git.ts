import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { JidokaError, isJidokaError } from '../../../core/base/error.ts';

/** How one git command is run. */
export interface GitOptions {
  /** Folder to run in; default the forge's own, where git finds no repository. */
  readonly cwd?: string;
  /** Names the repository, index and objects to use: GIT_DIR and its like. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Default two minutes. */
  readonly timeoutMs?: number;
}

export interface GitResult {
  /** Exit code; null where git was ended by a signal or for its time. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Git as a function of its arguments, in an environment that is ours alone. */
export interface Git {
  /** Folder of the forge, not inside any repository as far as git is concerned. */
  readonly root: string;
  /** Runs git and tells how it ended. Throws `git-missing`, `disk-full`, and `git-failed` for a timeout or too much output. */
  run(args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** Runs git and returns what it printed. Throws `git-failed` where its exit code is not 0. */
  must(args: readonly string[], options?: GitOptions): Promise<Buffer>;
  /** Starts git in a group of its own, with two more pipes: descriptor 3 to read from and 4 to write to. */
  open(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess;
}

const defaultTimeoutMs = 120_000;
/** Most that one command may print, in bytes; a bigger change is nothing a person reviews. */
const mostOutput = 256 * 1024 * 1024;
/** Said before every command, because settings of the repository at hand come before ours. */
const harmless = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.pager=cat'].flatMap((setting) => ['-c', setting]);

/** Git that runs in `root` with `env` and nothing else. The one place of the forge that spawns. */
export function gitIn(root: string, env: Readonly<Record<string, string>>): Git {
  const run: Git['run'] = (args, options = {}) => {
    const around = { ...env, ...options.env };
    return execute([...harmless, ...args], { cwd: root, ...options, env: around });
  };
  return {
    root,
    run,
    must: async (args, options) => {
      const result = await run(args, options);
      if (result.code !== 0) throw gitFailed(args, result);
      return result.stdout;
    },
    open: (args, more) =>
      spawn('git', [...harmless, ...args], {
        cwd: root,
        env: { ...env, ...more },
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      }),
  };
}

/** The fault of a git command that ended badly. */
export function gitFailed(
  args: readonly string[],
  result: GitResult,
  mend = 'Look at the message of git; `jidoka doctor` checks the installation.',
): JidokaError {
  if (/No space left on device|Disk quota exceeded/i.test(result.stderr)) return diskFull(`git ${commandIn(args)} could not write`);
  const said = lastWords(result.stderr);
  return new JidokaError('git-failed', `git ${commandIn(args)} failed: ${said === '' ? `exit code ${result.code}` : said}`, {
    mend,
    data: { args: [...args], code: result.code, stderr: result.stderr.slice(-4_000) },
  });
}

/** What git was asked for: settings come before it. */
function commandIn(args: readonly string[]): string {
  return args.find((arg, at) => arg !== '-c' && args[at - 1] !== '-c') ?? '';
}

/** Turns what the file system says into a fault of the forge. */
export function forgeFault(error: unknown): JidokaError {
  if (isJidokaError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/\b(ENOSPC|EDQUOT)\b/.test(text)) return diskFull(text);
  return new JidokaError('git-failed', text, { mend: 'Look at the rights of the file named, and run it again.', cause: error });
}

function diskFull(what: string): JidokaError {
  return new JidokaError('disk-full', `The disk is full: ${what}.`, {
    mend: 'Free some space and run this again; what was done before is kept.',
  });
}

/** The lines in which git says what went wrong. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const telling = lines.filter((line) => /^(fatal|error|remote|!)/.test(line));
  return (telling.length > 0 ? telling : lines).slice(-3).join(' ').slice(0, 600);
}

async function execute(args: readonly string[], options: GitOptions & { readonly cwd: string }): Promise<GitResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: options.cwd, env: { ...options.env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    let stopped: string | null = null;
    const stop = (why: string): void => {
      stopped ??= why;
      endGroup(child.pid);
    };
    const timer = setTimeout(() => stop(`took longer than ${timeoutMs} ms`), timeoutMs);
    const collect =
      (into: Buffer[]) =>
      (chunk: Buffer): void => {
        bytes += chunk.length;
        if (bytes > mostOutput) stop(`printed more than ${mostOutput} bytes`);
        else into.push(chunk);
      };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(cannotStart(error, options.cwd));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      const said = Buffer.concat(stderr).toString('utf8');
      if (stopped === null) resolve({ code, stdout: Buffer.concat(stdout), stderr: said });
      else reject(gitFailed(args.slice(harmless.length), { code, stdout: Buffer.alloc(0), stderr: `fatal: it ${stopped}` }));
    });
    // Git may end before it read all of its input; its exit code says whether that is bad.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Ends a command of git with all that it started. */
export function endGroup(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function cannotStart(error: NodeJS.ErrnoException, cwd: string): JidokaError {
  if (error.code !== 'ENOENT') {
    return new JidokaError('git-failed', `git cannot be started in ${cwd}: ${error.message}`, { mend: 'Run it again.', cause: error });
  }
  return new JidokaError('git-missing', 'git is not on PATH.', { mend: 'Install git 2.30 or newer.', cause: error });
}
