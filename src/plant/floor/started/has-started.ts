import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { files } from '../spawn/order.ts';

/** True where a command was started in a workspace, and its result may be waited for still. */
export async function hasStarted(started: string): Promise<boolean> {
  const ids = await readdir(started).catch(() => []);
  return ids.some((id) => existsSync(join(started, id, files.process)));
}
