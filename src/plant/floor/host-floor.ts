import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, rm } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.ts';
import type { Floor, FloorProbe, Workspace } from '../../core/ports/floor.ts';
import { findAccount } from './account.ts';
import type { Account } from './account.ts';
import { commandPath } from './command-path.ts';
import type { HostEnvironment, Places } from './environment.ts';
import { workspaceFault } from './fault.ts';
import { handOutNpmSettings, handOutTrust } from './hand-out.ts';
import { claim, isDead, thisOwner } from './owner.ts';
import type { Owner } from './owner.ts';
import { endProcesses } from './processes.ts';
import type { SeeProcesses } from './processes.ts';
import { emptyTrash, moveToTrash, removeTree } from './remove-tree.ts';
import { processViewer } from './see-processes.ts';
import { hostWorkspace } from './workspace.ts';

export interface HostFloorOptions {
  /** Folder for all workspaces; see `floorRoot`. Made where it is missing. */
  readonly root: string;
  readonly clock: Clock;
  /** Environment of the factory's own process: PATH, npm settings, proxies and certificates are read from it. */
  readonly env: HostEnvironment;
  /** Told of what went wrong where nobody waits for it. */
  readonly log: (message: string) => void;
}

/** What is found out once, when the floor is first used. */
interface Ground {
  readonly options: HostFloorOptions;
  readonly account: Account;
  readonly owner: Owner;
  readonly see: SeeProcesses;
  readonly shared: Pick<Places, 'path' | 'npmCache' | 'npmSettings' | 'ceiling' | 'trust'>;
}

/**
 * The floor without walls: commands run on this host, in folders and process trees of their own. Tier T0.
 * Run by root, commands are run as nobody where nobody can use node and npm.
 *
 * @example
 * const floor = hostFloor({ root: '/home/ada/.jidoka/work', clock, env: process.env, log: console.error });
 * const workspace = await floor.open('deps-ms/baseline');
 */
export function hostFloor(options: HostFloorOptions): Floor {
  let once: Promise<Ground> | null = null;
  const ground = (): Promise<Ground> => {
    once ??= prepare(options).catch((error: unknown) => {
      once = null;
      throw workspaceFault(error, `preparing the floor ${options.root}`);
    });
    return once;
  };
  return {
    kind: 'host',
    probe: async () => describe(await ground()),
    open: async (name) => open(await ground(), name),
    reap: async () => reap(await ground()),
  };
}

async function prepare(options: HostFloorOptions): Promise<Ground> {
  const root = options.root;
  await mkdir(join(root, '.locks'), { recursive: true });
  // Passable for the user of commands, but not readable.
  if (process.getuid?.() === 0) await chmod(root, 0o711);
  const path = commandPath(options.env['PATH'], process.execPath);
  const account = await findAccount(root, path);
  const npmCache = join(root, '.npm-cache');
  await mkdir(npmCache, { recursive: true });
  if (account.user !== null) await chown(npmCache, account.user.uid, account.user.gid);
  const npmSettings = await handOutNpmSettings(root, options.env, account);
  const trust = await handOutTrust(root, options.env, account);
  const shared = { path, npmCache, npmSettings, ceiling: root, trust };
  return { options, account, owner: await thisOwner(), see: processViewer(account), shared };
}

function describe(ground: Ground): FloorProbe {
  const { account } = ground;
  return {
    kind: 'host',
    tier: 'T0',
    host: hostname(),
    platform: `${process.platform} ${release()} ${process.arch}`,
    user: account.name,
    node: account.node,
    npm: account.npm,
    caveats: ['no isolation from the host: commands can reach its files and its network', ...account.caveats],
  };
}

async function open(ground: Ground, name: string): Promise<Workspace> {
  const { root, clock, env } = ground.options;
  const folder = folderOf(name);
  try {
    await claim(lockOf(root, folder), ground.owner);
    await clear(ground, folder);
    const places = await makePlaces(ground, join(root, folder));
    return hostWorkspace({
      name,
      root: join(root, folder, 'tree'),
      job: jobOf(root, folder),
      account: ground.account,
      places,
      host: env,
      see: ground.see,
      clock,
      remove: () => destroy(ground, folder),
    });
  } catch (error) {
    throw workspaceFault(error, `opening the workspace ${name}`);
  }
}

async function makePlaces(ground: Ground, space: string): Promise<Places> {
  await mkdir(space);
  await chmod(space, 0o711);
  for (const part of ['tree', 'home', 'tmp']) {
    await mkdir(join(space, part), { mode: 0o755 });
    if (ground.account.user !== null) await chown(join(space, part), ground.account.user.uid, ground.account.user.gid);
  }
  return { ...ground.shared, home: join(space, 'home'), tmp: join(space, 'tmp') };
}

async function reap(ground: Ground): Promise<number> {
  const { root, log } = ground.options;
  const locks = (await readdir(join(root, '.locks'))).filter((file) => file.endsWith('.lock'));
  let removed = 0;
  for (const file of locks) {
    if (!(await takeDead(join(root, '.locks', file), ground.owner))) continue;
    await destroy(ground, file.slice(0, -'.lock'.length));
    removed += 1;
  }
  emptyTrash(root).catch((error: unknown) => log(`Could not empty the trash of ${root}: ${String(error)}`));
  return removed;
}

/** Takes a lock whose owner is dead; false where he is not, or where another process was quicker. */
async function takeDead(lock: string, owner: Owner): Promise<boolean> {
  if (!(await isDead(lock, owner))) return false;
  return claim(lock, owner).then(
    () => true,
    () => false,
  );
}

async function destroy(ground: Ground, folder: string): Promise<void> {
  await clear(ground, folder);
  await rm(lockOf(ground.options.root, folder), { force: true });
}

/** Ends the processes of a workspace and moves its folder away; removing it goes on in the background. */
async function clear(ground: Ground, folder: string): Promise<void> {
  const { root, log } = ground.options;
  await endProcesses({ marker: `JIDOKA_JOB=${jobOf(root, folder)}`, group: null }, ground.see);
  const trash = await moveToTrash(root, join(root, folder));
  if (trash === null) return;
  removeTree(trash).catch((error: unknown) => log(`Could not remove ${trash}: ${String(error)}`));
}

/** A short name that any file system takes: sockets below it must stay within 107 bytes. */
function folderOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const readable = name.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return `${readable.slice(-24).replace(/^-/, '')}-${digest}`.replace(/^-/, '');
}

function lockOf(root: string, folder: string): string {
  return join(root, '.locks', `${folder}.lock`);
}

/** The same in every life of the factory, so that a later one finds the processes an earlier one left. */
function jobOf(root: string, folder: string): string {
  return `${createHash('sha256').update(join(root, folder)).digest('hex').slice(0, 16)}.`;
}
