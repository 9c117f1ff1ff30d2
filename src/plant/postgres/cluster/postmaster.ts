import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterPlace } from './cluster-place.ts';
import { isConnectionLoss, unavailable } from '../faults.ts';
import { processLife } from '../process-life.ts';
import { toolEnvironment, type Binaries } from './server-tool.ts';
import { rotateLog, sizeOf, startFault } from './server-log.ts';

const pollMs = 10;
const slowPollMs = 50;
/** Recovery after a crash replays at most max_wal_size. */
const startPatienceMs = 120_000;
const stopPatienceMs = 30_000;

/** Settings of every server of ours: small, private to its socket, and durable. */
const settings = {
  listen_addresses: '',
  shared_buffers: '32MB',
  max_connections: '150',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  deadlock_timeout: '200ms', // a cancellation may meet the end of the very step it cancels
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}), // file by file takes seconds after a kill
  jit: 'off',
  log_min_messages: 'warning',
  logging_collector: 'off',
} as const;

/**
 * Starts the server and waits until `connect` succeeds. The server is on its own from then on: it outlives this
 * process. Throws `disk-full` or `database-unavailable` with the last lines of its log. Call under the lock.
 */
export async function startServer<T>(place: ClusterPlace, binaries: Binaries, connect: () => Promise<T>): Promise<T> {
  await removeForeignPidFile(place);
  await rotateLog(place.log);
  const from = await sizeOf(place.log);
  const deadline = Date.now() + startPatienceMs;
  for (;;) {
    const server = await launch(place, binaries);
    const connected = await connectUntil(connect, () => server.ended() || Date.now() > deadline);
    if (connected !== null) return connected.value;
    const fault = await startFault(place.log, from, `PostgreSQL ${binaries.version} did not start in ${place.data}`);
    // Backends of a killed postmaster hold its shared memory for a moment longer.
    if (!/shared memory block|lock file ".*" already exists/.test(fault.message) || Date.now() > deadline) throw fault;
    await pause(100);
  }
}

/** Waits for a server that somebody started but that does not answer yet; null once it is gone. */
export async function joinServer<T>(place: ClusterPlace, connect: () => Promise<T>): Promise<{ readonly value: T } | null> {
  const pid = await serverPid(place);
  if (pid === null) return null;
  const life = await processLife(pid);
  const deadline = Date.now() + startPatienceMs;
  let gone = false;
  const joined = await connectUntil(connect, async () => {
    gone = (await processLife(pid)) !== life;
    return gone || Date.now() > deadline;
  });
  if (joined !== null || gone) return joined;
  throw unavailable(
    `PostgreSQL (process ${pid}) runs on ${place.data} but has not answered for ${startPatienceMs / 1000} s.`,
    undefined,
    `Read ${place.log}, or end process ${pid}.`,
  );
}

/** Stops the server in order: open sessions are closed, everything is on disk. Call under the lock. */
export async function stopServer(place: ClusterPlace): Promise<void> {
  const pid = await serverPid(place);
  if (pid === null) return;
  const life = await processLife(pid);
  const deadline = Date.now() + stopPatienceMs;
  process.kill(pid, 'SIGINT');
  while (life !== null && (await processLife(pid)) === life) {
    if (Date.now() > deadline)
      throw unavailable(`PostgreSQL (process ${pid}) did not stop within ${stopPatienceMs / 1000} s.`, undefined, `Read ${place.log}.`);
    await pause(pollMs);
  }
}

/** The process that runs on this cluster, or null. A pid file may be left of a killed server, its pid given to another. */
export async function serverPid(place: ClusterPlace): Promise<number | null> {
  const pid = await pidInFile(place);
  return pid !== null && (await isOurServer(pid, place)) ? pid : null;
}

async function launch(place: ClusterPlace, binaries: Binaries): Promise<{ ended(): boolean }> {
  const log = await open(place.log, 'a', 0o600);
  const flags = Object.entries({ ...settings, unix_socket_directories: place.sockets, unix_socket_permissions: '0700' });
  const child = spawn(join(binaries.bin, 'postgres'), ['-D', place.data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    ...place.account,
    cwd: '/',
    env: toolEnvironment(binaries.libraries),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let ended = false;
  child.on('exit', () => (ended = true));
  child.on('error', () => (ended = true));
  child.unref();
  await log.close();
  return { ended: () => ended };
}

/** Connects as soon as it can be done; null when `isOver` says so first. */
async function connectUntil<T>(connect: () => Promise<T>, isOver: () => boolean | Promise<boolean>): Promise<{ readonly value: T } | null> {
  for (let turn = 0; ; turn += 1) {
    try {
      return { value: await connect() };
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      if (await isOver()) return null;
      await pause(turn < 20 ? pollMs : slowPollMs); // each try leaves a line in the server's log
    }
  }
}

/** PostgreSQL itself removes a pid file whose process is dead, but trusts a pid that lives, whoever has it now. */
async function removeForeignPidFile(place: ClusterPlace): Promise<void> {
  const pid = await pidInFile(place);
  if (pid === null || (await processLife(pid)) === null || (await isOurServer(pid, place))) return;
  await rm(join(place.data, 'postmaster.pid'), { force: true });
}

async function pidInFile(place: ClusterPlace): Promise<number | null> {
  const text = await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text.split('\n')[0] ?? '', 10);
  return pid > 0 ? pid : null;
}

async function isOurServer(pid: number, place: ClusterPlace): Promise<boolean> {
  if ((await processLife(pid)) === null) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return command === null ? process.platform !== 'linux' : command.split('\0').includes(place.data);
}
