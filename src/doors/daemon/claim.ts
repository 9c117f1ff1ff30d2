import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Living, lives, livingFrom } from './life.ts';

/**
 * Makes a process the one daemon of a folder for as long as it lives; returns null, or the living process that is it
 * already. Of any number that ask at once exactly one becomes it, and what a dead one left stands in nobody's way.
 *
 * Claims are numbered, and the highest counts. The one after a dead process's is made by a hard link, which succeeds
 * for one alone; the highest is never removed, so that no number is ever given twice.
 */
export async function claimDaemon(folder: string, me: Living): Promise<Living | null> {
  const mine = join(folder, `asking-${randomUUID()}`);
  await writeFile(mine, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
  try {
    for (;;) {
      const last = await highest(folder);
      const holder = await livingHolder(folder, last);
      if (holder !== null) return holder;
      const next = last + 1;
      if (!(await linked(mine, pathOf(folder, next)))) continue;
      if ((await highest(folder)) === next) {
        await removeBelow(folder, next);
        return null;
      }
      // Others were quicker by more than one: this number had been cleared away already.
      await rm(pathOf(folder, next), { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Gives the place up before the process ends; its number stays, emptied. */
export async function releaseDaemon(folder: string, me: Living): Promise<void> {
  const last = await highest(folder);
  if ((await livingHolder(folder, last))?.life === me.life) await truncate(pathOf(folder, last));
}

/** The process that is the daemon of a folder, or null. It may still be starting. */
export async function claimant(folder: string): Promise<Living | null> {
  return livingHolder(folder, await highest(folder));
}

async function highest(folder: string): Promise<number> {
  return Math.max(0, ...(await numbers(folder)));
}

async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => /^claim-(\d{1,15})$/.exec(name)?.[1] ?? []).map(Number);
}

function pathOf(folder: string, number: number): string {
  return join(folder, `claim-${number}`);
}

/** What cannot be read after a power loss was written by nobody who lives. */
async function livingHolder(folder: string, number: number): Promise<Living | null> {
  const text = await readFile(pathOf(folder, number), 'utf8').catch(() => '');
  const holder = livingFrom(parsed(text));
  return holder !== null && (await lives(holder)) ? holder : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function removeBelow(folder: string, number: number): Promise<void> {
  const below = (await numbers(folder)).filter((other) => other < number);
  for (const other of below) await rm(pathOf(folder, other), { force: true });
}
