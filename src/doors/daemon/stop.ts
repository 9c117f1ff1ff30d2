import { setTimeout as pause } from 'node:timers/promises';
import { JidokaError } from '../../core/base/error.ts';
import { claimant } from './claim.ts';
import { findDaemon, removeDaemon } from './daemon-file.ts';
import { descendants } from './family.ts';
import { lifeOf, type Living, lives } from './life.ts';
import { daemonPlace } from './place.ts';

export type Stopped =
  | { readonly kind: 'none' }
  /** `forced`: it did not stop by itself in time and was ended with all its children. */
  | { readonly kind: 'stopped'; readonly pid: number; readonly forced: boolean };

export interface StopOptions {
  /** Waits, however long, for what is in hand. */
  readonly drain: boolean;
  /** How long a daemon that is to stop at once may take, in milliseconds. */
  readonly patienceMs: number;
}

const pollMs = 20;

/** Stops the daemon of a home, if one lives, and removes its files. Throws `access-refused` for another user's. */
export async function stopDaemon(home: string, options: StopOptions): Promise<Stopped> {
  const place = daemonPlace(home);
  const daemon = (await findDaemon(home)) ?? (await claimant(place.folder));
  if (daemon === null) return { kind: 'none' };
  signal(daemon.pid, options.drain ? 'SIGQUIT' : 'SIGTERM');
  const forced = !(await hasEnded(daemon, options.drain ? Infinity : options.patienceMs));
  if (forced) await endHard(daemon);
  await removeDaemon(place, daemon);
  return { kind: 'stopped', pid: daemon.pid, forced };
}

async function hasEnded(daemon: Living, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (await lives(daemon)) {
    if (performance.now() > deadline) return false;
    await pause(pollMs);
  }
  return true;
}

/** The daemon goes first, so that it starts nothing new while its children go. */
async function endHard(daemon: Living): Promise<void> {
  const children = await Promise.all((await descendants(daemon.pid)).map(lifeOf));
  const family = [daemon, ...children.filter((child) => child !== null)];
  for (const { pid } of family) signal(pid, 'SIGKILL');
  // Only a process that the kernel cannot end is left by this; it will end with what it waits for.
  await Promise.all(family.map((one) => hasEnded(one, 5_000)));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    // ESRCH: it ended by itself meanwhile.
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EPERM') return;
    throw new JidokaError('access-refused', `Process ${pid} belongs to another user.`, {
      mend: 'Run `jidoka down` as the user who ran `jidoka up`.',
      cause,
    });
  }
}
