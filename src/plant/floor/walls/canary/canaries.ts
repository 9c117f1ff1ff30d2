import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { FloorClaim } from '../../../../core/ports/floor.ts';
import { startProcess } from '../../spawn/spawn.ts';
import type { Running, Start } from '../../spawn/spawn.ts';
import { canaryProgram, sightFile } from '../canary-program.ts';
import type { Sight } from '../canary-program.ts';
import { plant } from './plant.ts';
import type { Planted } from './plant.ts';
import { claimsOf } from './claims.ts';
import { processesWith } from './processes-with.ts';
import type { Wall } from '../wall.ts';

export interface CanaryOptions {
  /** Folder of the host in which to plant; what is planted is removed. */
  readonly folder: string;
  readonly user: Start['user'];
  /** PATH of the canary, inside and out. */
  readonly path: string;
  /** Where Node.js is, for commands. */
  readonly readable: readonly string[];
}

/** What became of the canaries behind a wall; a wall that does not let a command start has no claims. */
export type Canaries =
  | { readonly kind: 'came-back'; readonly claims: readonly FloorClaim[] }
  | { readonly kind: 'failed'; readonly why: string };

/** How long the canary may take, in milliseconds. */
const deadlineMs = 15_000;
/** How long what it left may take to be gone, in milliseconds. */
const goneMs = 2_000;

/**
 * Starts one program behind a wall that tries to reach what was planted outside, kills what started it, and looks for
 * what it left behind.
 */
export async function runCanaries(wall: Wall, options: CanaryOptions): Promise<Canaries> {
  const planted = await plant(options.folder, options.user);
  try {
    return await release(wall, planted, options);
  } finally {
    await planted.remove();
  }
}

async function release(wall: Wall, planted: Planted, options: CanaryOptions): Promise<Canaries> {
  const daemon = planted.order.daemon.join('');
  const told = signal();
  const running = startProcess({ ...behind(wall, planted, options), user: options.user, onOutput: told.give });
  const giveUp = new AbortController();
  const late = wait(deadlineMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
  try {
    await Promise.race([told.given, running.ended, late]);
    const seen = await readSight(planted);
    const alive = await processesWith(daemon);
    kill(running.group);
    if (seen === null) return { kind: 'failed', why: await complaintOf(running) };
    const left = await untilGone(daemon);
    return { kind: 'came-back', claims: claimsOf({ ...seen, reached: planted.reached(), daemon: { alive, left } }) };
  } finally {
    giveUp.abort();
    kill(running.group);
    // Behind a wall that does not hold, the canary and its daemon live on; its order is in its command line.
    for (const mark of [daemon, planted.order.daemon[0]]) for (const pid of await processesWith(mark)) kill(pid);
  }
}

/**
 * Behind the wall is Node.js with the canary. Before it is a shell, which stands for the factory: it holds the secret in
 * its environment and the mark in its command line, and is what gets killed.
 */
function behind(wall: Wall, { order }: Planted, { path, readable }: CanaryOptions): Pick<Start, 'argv' | 'cwd' | 'env'> {
  const { argv, env } = wall.confine({
    argv: [process.execPath, '-e', canaryProgram(order)],
    cwd: order.inside,
    env: { PATH: path, HOME: order.inside, TMPDIR: order.inside },
    writable: [order.inside],
    readable: [...readable, order.readable],
    socket: null,
  });
  const clean = ['env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...argv];
  return {
    argv: ['/bin/sh', '-c', '"$@"; exit $?', order.neighbour.join(''), ...clean],
    cwd: order.inside,
    env: { PATH: path, SECRET: order.secret.join('') },
  };
}

async function readSight({ order }: Planted): Promise<{ readonly sight: Sight; readonly owner: number } | null> {
  const file = join(order.inside, sightFile);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  // The canary is the factory's own program, and its file is whole: it was renamed.
  return { sight: JSON.parse(text) as Sight, owner: (await stat(file)).uid };
}

/** What a wall that let nothing start says of that. */
async function complaintOf(running: Running): Promise<string> {
  const exit = await running.ended;
  const { stderr } = await running.collect();
  const said = stderr.trim().split('\n').slice(0, 4).join('; ');
  return said === '' ? `it ended without a word (${JSON.stringify(exit)})` : said;
}

/** Waits for what the kernel takes away when the first process of a namespace dies; returns what stays. */
async function untilGone(mark: string): Promise<readonly number[]> {
  const until = performance.now() + goneMs;
  let left = await processesWith(mark);
  while (left.length > 0 && performance.now() < until) {
    await wait(5);
    left = await processesWith(mark);
  }
  return left;
}

function kill(pid: number | null): void {
  try {
    if (pid !== null) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}
