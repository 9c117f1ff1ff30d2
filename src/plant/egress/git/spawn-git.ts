import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface GitStart {
  /** PATH on which git is found. */
  readonly path: string;
  /** Settings that hold before those of the repository. */
  readonly settings: readonly string[];
  readonly args: readonly string[];
  readonly gitDir: string;
  /** Version of the protocol that the client asked for. */
  readonly protocol?: string;
  /** True for what writes: it is told by the end of its input first, because only then it takes back what it began. */
  readonly writes?: boolean;
  /** Ends git, with all that it started. */
  readonly signal: AbortSignal;
}

export interface RunningGit {
  readonly stdin: Writable;
  /** To be read to its end, also where nobody wants it any more. */
  readonly stdout: Readable;
  /** Resolves when nothing of it runs any more; code null where it was ended or never started. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Runs nothing but git, and lets git run nothing that a setting names. */
const harmless = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.pager=cat', 'gc.auto=0', 'maintenance.auto=false'];
/** Time for git to take back what it has half done, and then to end when told to, in ms. */
const graceMs = 1_500;
const mostWords = 8_000;

/** Starts git in a repository of the factory, in an environment that is ours alone. */
export function spawnGit({ path, settings, args, gitDir, protocol, writes, signal }: GitStart): RunningGit {
  const config = [...harmless, ...settings].flatMap((setting) => ['-c', setting]);
  const env = { ...clean, PATH: path, GIT_DIR: gitDir, ...(protocol !== undefined && { GIT_PROTOCOL: protocol }) };
  const child = spawn('git', [...config, ...args], { cwd: gitDir, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < mostWords) stderr += chunk.toString('utf8');
  });
  // Git may end before it has read everything; how it ended says whether that is bad.
  child.stdin.on('error', () => undefined);
  const timers: NodeJS.Timeout[] = [];
  const stop = (): void => {
    child.stdin.destroy();
    const wait = writes === true ? graceMs : 0;
    timers.push(
      setTimeout(() => endGroup(child.pid, 'SIGTERM'), wait),
      setTimeout(() => endGroup(child.pid, 'SIGKILL'), wait + graceMs),
    );
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const settle = (code: number | null, said: string): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({ code, stderr: said });
    };
    child.once('error', (error) => settle(null, `git cannot be started: ${error.message}`));
    child.once('close', (code) => settle(code, stderr.slice(0, mostWords)));
  });
  return { stdin: child.stdin, stdout: child.stdout, ended };
}

const clean = {
  LC_ALL: 'C',
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  // No transport at all: nothing that is served leads git anywhere else.
  GIT_ALLOW_PROTOCOL: 'none',
};

function endGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
