import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, open, rename } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Clock } from '../../../core/ports/clock.ts';
import type { ProcessRef } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { lifeOf } from '../process/life.ts';
import { keeperProgram } from './keep.ts';
import { files } from './order.ts';
import type { Order } from './order.ts';

/** What a command is started with, and where its traces go. */
export interface Launch {
  /** Folder of all started commands of the workspace; only the factory may look into it. */
  readonly started: string;
  /** Begins the marker of every process of the workspace. */
  readonly job: string;
  readonly order: Omit<Order, 'folder'>;
  readonly clock: Clock;
}

/**
 * Starts a command under a keeper that lives on without this process. Killed at any instant, this leaves nothing that
 * runs, or a keeper that carries the marker of the workspace: the command itself is not started before its keeper is on
 * disk, for only then the keeper is told what to run.
 */
export async function startKept(launch: Launch): Promise<ProcessRef> {
  const id = randomUUID();
  const folder = join(launch.started, id);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeSynced(folder, files.keeper, keeperProgram());
    const keeper = await startKeeper(folder, `${launch.job}${id}`);
    const ref = { id, pid: keeper.pid ?? 0, life: (await lifeOf(keeper.pid ?? 0)) ?? '', startedAt: launch.clock.now() };
    await writeSynced(folder, files.process, JSON.stringify(ref));
    const env = { ...launch.order.env, JIDOKA_JOB: `${launch.job}${id}` };
    await tell(keeper, JSON.stringify({ ...launch.order, folder, env } satisfies Order));
    keeper.unref();
    return ref;
  } catch (error) {
    throw workspaceFault(error, `starting ${launch.order.argv[0]}`);
  }
}

async function startKeeper(folder: string, marker: string): Promise<ChildProcess> {
  const env = { PATH: '/usr/bin:/bin', JIDOKA_JOB: marker };
  const keeper = spawn(process.execPath, [join(folder, files.keeper)], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(keeper, 'spawn');
  return keeper;
}

/** Returns when the machine has taken all of it; a keeper that is gone shows when somebody waits for the command. */
async function tell(keeper: ChildProcess, order: string): Promise<void> {
  const { stdin } = keeper;
  if (stdin === null) return;
  await new Promise<void>((resolve) => {
    stdin.once('error', () => resolve());
    stdin.end(order, () => resolve());
  });
  stdin.destroy();
}

async function writeSynced(folder: string, name: string, content: string): Promise<void> {
  const draft = join(folder, `${name}.draft`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
}
