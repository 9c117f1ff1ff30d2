import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { floorRoot } from '../../src/plant/floor/index.ts';
import { removeDatabase } from '../../src/plant/postgres/index.ts';

/** Removes what a home keeps outside of it: its database, and where its workspaces stood. Its processes must be gone. */
export async function forgetHome(home: string): Promise<void> {
  await removeDatabase(home);
  const floor = floorRoot(home, process.getuid?.());
  await rm(process.getuid?.() === 0 ? dirname(floor) : floor, { recursive: true, force: true, maxRetries: 3 });
}
