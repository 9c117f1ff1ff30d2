import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { FloorClaim } from '../../../core/ports/floor.ts';
import { canaryName, isDeadCanary } from './canary-names.ts';
import { watchDisk } from './watch-disk.ts';

const canaryBytes = { allowed: 64 * 1024, written: 256 * 1024 };
/** How long it may take to be noticed, in milliseconds. */
const deadlineMs = 15_000;

/** Writes more into a folder below `home` than it says is allowed, and looks whether that is noticed. */
export async function diskCanary(home: string): Promise<FloorClaim> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await sweep(home);
  const folder = join(home, await canaryName());
  const begun = performance.now();
  let stop = (): void => undefined;
  const noLonger = new AbortController();
  try {
    await fill(folder);
    const noticed = new Promise<number>((resolve) => {
      ({ stop } = watchDisk({ folders: [folder], allowedBytes: canaryBytes.allowed, exceeded: resolve }));
    });
    // A watch keeps no process alive; so this wait must.
    const late = wait(deadlineMs, null, { signal: noLonger.signal }).catch(() => null);
    const bytes = await Promise.race([noticed, late]);
    const what = `${canaryBytes.written} bytes written where ${canaryBytes.allowed} were allowed`;
    const found = bytes === null ? 'were not noticed' : `were noticed as ${bytes} after ${(performance.now() - begun).toFixed(0)} ms`;
    return {
      claim: 'limits.disk',
      state: bytes === null ? 'refuted' : 'proved',
      proof: `${what} ${found}; it is watched, so that more can be written between two looks`,
    };
  } finally {
    noLonger.abort();
    stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Random, for zeros take no room on file systems that compress; and out of the way of delays. */
async function fill(folder: string): Promise<void> {
  await mkdir(folder);
  const file = await open(join(folder, 'big'), 'w');
  try {
    await file.writeFile(randomBytes(canaryBytes.written));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sweep(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (await isDeadCanary(name)) await rm(join(home, name), { recursive: true, force: true });
  }
}
