import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../core/ports/clock.ts';
import type { ProcessRef } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { lifeOf } from '../spawn/life.ts';
import { keeperProgram } from '../spawn/keep.ts';
import { startKeeper } from '../spawn/start-keeper.ts';
import { files } from '../spawn/order.ts';
import type { Order } from '../spawn/order.ts';

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
  try {
    return await startAs(id, launch);
  } catch (error) {
    throw workspaceFault(error, `starting ${launch.order.argv[0]}`);
  }
}

async function startAs(id: string, { started, job, order, clock }: Launch): Promise<ProcessRef> {
  const folder = join(started, id);
  const marker = `${job}${id}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, files.keeper), keeperProgram(), { mode: 0o600 });
  const keeper = await startKeeper(join(folder, files.keeper), marker);
  try {
    const ref = { id, pid: keeper.pid, life: (await lifeOf(keeper.pid)) ?? '', startedAt: clock.now() };
    await writeSynced(folder, files.process, JSON.stringify(ref));
    await keeper.tell({ ...order, folder, env: { ...order.env, JIDOKA_JOB: marker } });
    return ref;
  } finally {
    keeper.release();
  }
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
