import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { type ErrorCode, errorCodes, JidokaError } from '../../core/base/error.ts';
import { claimant } from './claim.ts';
import { type Daemon, findDaemon } from './daemon-file.ts';
import { lastLines, openLog } from './log-file.ts';
import { daemonPlace } from './place.ts';
import { daemonRunning, diedAtStart } from './refusals.ts';

export interface StartOrder {
  readonly home: string;
  /** Arguments for Node: the script and what makes it the daemon in the foreground. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the daemon may take until it answers, in milliseconds. */
  readonly patienceMs: number;
}

/** What the daemon says to whoever started it, over the channel between them. */
export type Report =
  | { readonly kind: 'ready'; readonly daemon: Daemon }
  | { readonly kind: 'refused'; readonly error: { readonly code: string; readonly message: string; readonly mend: string } };

/**
 * Starts the daemon of a home detached from this process and waits until it answers. Throws `daemon-running`, whatever
 * the daemon itself throws, and `daemon-failed` with its last words where it dies without any.
 */
export async function startDaemon(order: StartOrder): Promise<{ readonly daemon: Daemon; readonly log: string }> {
  const { folder, log } = daemonPlace(order.home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await findDaemon(order.home);
  const living = found ?? (await claimant(folder));
  if (living !== null) throw daemonRunning(living.pid, found?.url ?? null);
  const { file, from } = await openLog(log);
  try {
    const child = spawn(process.execPath, [...process.execArgv, ...order.argv], {
      // No folder of the caller's is held, so that it can be removed or unmounted.
      cwd: order.home,
      detached: true,
      env: order.env,
      stdio: ['ignore', file.fd, file.fd, 'ipc'],
    });
    const ending = await firstReport(child, order.patienceMs);
    if (typeof ending === 'string') throw diedAtStart(ending, log, await lastLines(log, from, 12));
    if (ending.kind === 'refused') throw errorOf(ending.error);
    return { daemon: ending.daemon, log };
  } finally {
    await file.close();
  }
}

/** The daemon's report, or in words how it ended without one. */
async function firstReport(child: ChildProcess, patienceMs: number): Promise<Report | string> {
  const ending = await new Promise<Report | string>((resolve) => {
    const impatience = setTimeout(() => {
      child.kill('SIGKILL');
      resolve(`took more than ${patienceMs / 1000} s`);
    }, patienceMs);
    const settle = (how: Report | string): void => {
      clearTimeout(impatience);
      resolve(how);
    };
    child.once('message', (message) => settle(isReport(message) ? message : 'said something unexpected'));
    child.once('error', (error) => settle(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => settle(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`));
  });
  // From here on the two processes know nothing of each other.
  if (child.connected) child.disconnect();
  child.unref();
  return ending;
}

/** The channel is between this program and itself: the mark is enough. */
function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'kind' in message && (message.kind === 'ready' || message.kind === 'refused');
}

function errorOf({ code, message, mend }: Extract<Report, { kind: 'refused' }>['error']): JidokaError {
  return new JidokaError(isCode(code) ? code : 'daemon-failed', message, { mend });
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
