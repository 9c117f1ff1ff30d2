import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** A process of the container. */
interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const rounds = 40;

/**
 * Ends what commands left behind that nothing leads to any more, neither a parent nor a group nor their environment: in a
 * container such processes become children of the first one. What the engine started, and what that started, is left
 * alone; and everything, while a started command goes on, whose own it could be.
 */
export async function endStrays(): Promise<void> {
  const told = new Set<number>();
  for (let round = 0; round < rounds; round += 1) {
    const left = straysAmong(await processes()).filter(({ pid, command }) => !(told.size > 0 && !told.has(pid) && isFirstsOwn(command)));
    if (left.length === 0) return;
    for (const { pid } of left) kill(pid);
    for (const { pid } of left) told.add(pid);
    await wait(5 + round);
  }
}

/** Children of the first process and their own; none while a keeper stands by its command. */
export function straysAmong(all: readonly Seen[]): readonly Seen[] {
  if (all.some(({ command }) => command.includes('/keeper.cjs'))) return [];
  const found = new Map(all.filter(({ parent }) => parent === 1).map((one) => [one.pid, one]));
  // The first process sleeps in a child of its own: alone, it is nobody's stray.
  if ([...found.values()].every(({ command }) => isFirstsOwn(command)) && found.size <= 1) return [];
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()];
}

/** Killed among others that may only look like it, it is begun anew. */
function isFirstsOwn(command: string): boolean {
  return command === 'sleep\x002147483647\x00';
}

async function processes(): Promise<readonly Seen[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(names.map(seen))).filter((one) => one !== null);
}

async function seen(name: string): Promise<Seen | null> {
  const line = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
  if (line === null) return null;
  const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  return { pid: Number(name), parent: Number(parent), command: await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '') };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
