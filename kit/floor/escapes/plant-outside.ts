import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plantFiles } from './plant-files.ts';
import { plantServers } from './plant-servers.ts';
import type { Planted } from './planted.ts';
import { processesWith } from './processes-with.ts';

export interface PlantOptions {
  /** Folder of the host to plant in, which commands of the floor could pass through if they saw it. */
  readonly folder: string;
  /**
   * User that commands run as, as its host knows it; null for the one of this process. What is planted is as open to it as
   * can be, so that nothing but the floor is between.
   */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/** PATH of what is planted. */
const path = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
/** Name of the variable of the factory's own environment that no command may see. */
const secretOfFactory = 'JIDOKA_PLANTED_SECRET';

/**
 * Plants what a command must not reach on this machine: keys, folders, a repository, servers, sockets, a process with a
 * secret, shared memory, a key in a keyring, a secret in the environment of this process.
 */
export async function plantOutside({ folder, user }: PlantOptions): Promise<Planted> {
  const root = await mkdtemp(join(folder, 'jidoka-outside-'));
  await chmod(root, 0o755);
  const files = await plantFiles(root, user);
  const servers = await plantServers(root);
  const processes = await plantProcesses(user);
  const ofFactory = randomUUID();
  process.env[secretOfFactory] = ofFactory;
  return {
    env: {
      MACHINE: process.arch,
      ROOT: root,
      ...files.env,
      ...servers.env,
      ...processes.env,
      ...halvesOf('FACTORY', ofFactory),
      ...(await ofMachine()),
    },
    running: processesWith,
    reached: async () => [...(await servers.reached()), ...(await files.reached())],
    close: async () => {
      delete process.env[secretOfFactory];
      await processes.end();
      await servers.close();
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** A secret in two variables, so that whoever is told of it does not hold it. */
export function halvesOf(name: string, secret: string): Record<string, string> {
  return { [`${name}_A`]: secret.slice(0, 9), [`${name}_B`]: secret.slice(9) };
}

/** How this machine is recognised by whoever is on it; '' for what it does not have. */
async function ofMachine(): Promise<Record<string, string>> {
  const same = async (file: string): Promise<string> =>
    stat(file, { bigint: true }).then(
      ({ dev, ino }) => `${dev}:${ino}`,
      () => '',
    );
  const homes = await Promise.all(['/root', '/home'].map(async (home) => `${home}=${await same(home)}`));
  const spaces = ['net', 'pid', 'mnt', 'ipc'].map((kind) => [`NS_${kind.toUpperCase()}`, linkOf(`/proc/self/ns/${kind}`)]);
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return {
    PASSWD: await same('/etc/passwd'),
    SHADOW: await same('/etc/shadow'),
    HOMES: homes.filter((home) => !home.endsWith('=')).join(' '),
    ADDRESSES: addresses.flatMap((one) => (one.internal || one.family === 'IPv6' ? [] : [one.address])).join(' '),
    ...Object.fromEntries(spaces),
  };
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // no such thing on this system
  }
}

interface PlantedProcesses {
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

async function plantProcesses(user: PlantOptions['user']): Promise<PlantedProcesses> {
  const [secret, mark, key] = [randomUUID(), randomUUID(), `jidoka-${randomUUID()}`];
  const as = { cwd: '/', ...user };
  const env = { PATH: path, PLANTED_SECRET: secret };
  const victim = spawn('/bin/sh', ['-c', 'while :; do sleep 1; done', mark], { ...as, env, stdio: 'ignore', detached: true });
  victim.on('error', () => undefined);
  const run = async (file: string, ...args: string[]): Promise<string> =>
    promisify(execFile)(file, args, { ...as, env: { PATH: path } }).then(
      ({ stdout }) => stdout,
      () => '', // the machine does not have it
    );
  const segment = /\d+/.exec(await run('ipcmk', '-M', '64', '-p', '0666'))?.[0] ?? '';
  const took = await run('perl', '-e', addKey, key, process.arch);
  return {
    env: {
      VICTIM: String(victim.pid ?? ''),
      SEGMENT: segment,
      KEY: took === 'ok' ? key : '',
      ...halvesOf('SECRET', secret),
      ...halvesOf('MARK', mark),
    },
    async end() {
      if (victim.pid !== undefined) process.kill(-victim.pid, 'SIGKILL');
      if (segment !== '') await run('ipcrm', '-m', segment);
    },
  };
}

/** Adds a key to the keyring of its user, for ten minutes. */
const addKey = `my ($name, $machine) = @ARGV; my ($add, $ctl) = $machine eq 'x64' ? (248, 250) : (217, 219); my ($type, $payload) = ('user', 'planted');
my $id = syscall($add, $type, $name, $payload, 7, -4); exit 1 if $id < 0; syscall($ctl, 15, $id, 600); print 'ok';`;
