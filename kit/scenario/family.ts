import { readdir, readFile } from 'node:fs/promises';

/** A process so named that a later one with the same pid is not taken for it. */
export interface Relative {
  readonly pid: number;
  /** Clock ticks after boot at which it began. */
  readonly born: string;
  readonly name: string;
}

/** Every living process descended from one; on Linux only. */
export async function descendants(pid: number): Promise<readonly Relative[]> {
  const all = await everyProcess();
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return all.filter((one) => one.pid !== pid && found.has(one.pid));
}

/** Those of some processes that live still. */
export async function living(some: readonly Relative[]): Promise<readonly Relative[]> {
  const now = new Set((await everyProcess()).map(({ pid, born }) => `${pid} ${born}`));
  return some.filter(({ pid, born }) => now.has(`${pid} ${born}`));
}

/** Waits for a process that has a text as one of its arguments, whoever started it; on Linux only. */
export async function processCalled(text: string): Promise<Relative> {
  for (;;) {
    for (const one of await everyProcess()) {
      const words = await readFile(`/proc/${one.pid}/cmdline`, 'utf8').catch(() => '');
      if (words.split('\0').includes(text)) return one;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Seen extends Relative {
  readonly parent: number;
}

async function everyProcess(): Promise<readonly Seen[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map(see))).filter((one) => one !== null);
}

async function see(pid: string): Promise<Seen | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, parent, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended and waits only for its parent to look.
  if (line === '' || state === 'Z' || state === 'X') return null;
  const name = line.slice(line.indexOf('(') + 1, line.lastIndexOf(')'));
  return { pid: Number(pid), parent: Number(parent), born: rest[17] ?? '', name };
}
