import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../net/free-port.ts';

/** An sshd of the test, with a host key of its own, that lets nobody in but the test. */
export interface Sshd {
  /** 'root@127.0.0.1:2222'. */
  readonly host: string;
  /** What makes ssh use the test's keys and nothing of the machine's settings. */
  readonly sshOptions: readonly string[];
  readonly knownHosts: string;
  /** Listens again at the same port. */
  start(): Promise<void>;
  /** Ends it with all its connections. */
  stop(): Promise<void>;
}

export interface SshdOptions {
  readonly address?: string;
  /** Name of the network namespace it runs in. */
  readonly netns?: string;
  /** More of its settings. */
  readonly settings?: readonly string[];
}

const program = '/usr/sbin/sshd';

/** Starts an sshd in a folder of the test. Throws where there is none: what cannot be tested must not look as if it was. */
export async function startSshd(folder: string, { address = '127.0.0.1', netns, settings = [] }: SshdOptions = {}): Promise<Sshd> {
  if (!existsSync(program)) throw new Error(`${program} is missing, so that nothing of ssh can be tested: apt-get install openssh-server`);
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  for (const name of ['host_key', 'user_key'])
    mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)]);
  await writeFile(join(folder, 'authorized_keys'), await readFile(join(folder, 'user_key.pub')), { mode: 0o600 });
  const knownHosts = join(folder, 'known_hosts');
  await writeFile(knownHosts, `[${address}]:${port} ${await readFile(join(folder, 'host_key.pub'), 'utf8')}`);
  const lines = [
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'MaxStartups 100',
    'LogLevel FATAL',
    ...settings,
    `SetEnv PATH=${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin HOME=${folder}`,
  ];
  const config = join(folder, 'sshd_config');
  await writeFile(config, `${lines.join('\n')}\n`);
  let running: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const argv = [program, '-D', '-e', '-f', config];
    const [file = '', ...args] = netns === undefined ? argv : ['ip', 'netns', 'exec', netns, ...argv];
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    running = child;
    await until(async () => child.exitCode !== null || (await answers(address, port))).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`);
  };
  await start();
  const identity = ['-i', join(folder, 'user_key'), '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'];
  return {
    host: `${userInfo().username}@${address}:${port}`,
    sshOptions: ['-F', '/dev/null', ...identity, '-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
    knownHosts,
    start,
    async stop() {
      const child = running;
      if (child?.pid === undefined) return;
      running = null;
      const all = [...descendants(child.pid).filter(isSshd), child.pid];
      for (const pid of all) kill(pid);
      await until(async () => !all.some((pid) => isSshd(pid)) && !(await answers(address, port)));
    },
  };
}

/** Makes a pair of keys: the file, and the same with `.pub`. */
export function makeKey(file: string): void {
  mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
}

/** Processes that a process started, and those that they started. */
export function descendants(of: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const children = parents.filter(([, parent]) => parent === of).map(([pid]) => pid);
  return children.flatMap((pid) => [pid, ...descendants(pid)]);
}

/** Processes of ssh that this process started. */
export function sshProcesses(): readonly number[] {
  return descendants(process.pid).filter((pid) => commandOf(pid).startsWith('ssh\0'));
}

/** Its connections are processes of its own; what runs at the other end of them is not. */
function isSshd(pid: number): boolean {
  return ['sshd', program].some((name) => commandOf(pid).startsWith(name));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

function parentOf(pid: string): number {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // it ended meanwhile
  }
}

/** Also outside of a test, where an expectation cannot be polled. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const check = async (): Promise<void> => {
    if (!(await holds())) throw new Error('it does not hold yet');
  };
  await vi.waitFor(check, { timeout: 10_000, interval: 20 });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Runs a tool of the machine. Throws where it does not end well. */
export function mustRun(tool: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(tool, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${status ?? String(error)}: ${stderr}`);
}
