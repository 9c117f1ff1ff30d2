import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { files } from '../spawn/order.ts';

/** True where a command was started in a workspace, and its result may be waited for still. */
export async function hasStarted(started: string): Promise<boolean> {
  return (await startedIds(started)).length > 0;
}

/** The commands that were started in a workspace. */
export async function startedIds(started: string): Promise<readonly string[]> {
  const ids = await readdir(started).catch(() => []);
  return ids.filter((id) => existsSync(join(started, id, files.process)));
}
