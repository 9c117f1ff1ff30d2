import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** What a process shows of itself. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Its environment as text; null where the factory may not read it. */
  readonly environment: string | null;
}

/** How to recognise the processes of a command, or of a whole workspace. */
export interface Belonging {
  /** `NAME=value`, or the beginning of it, as it stands in the environment of each of them. */
  readonly marker: string;
  /** The process group the command was started in; null where only the marker counts. */
  readonly group: number | null;
}

/** Looks at the processes of the machine; the marker says whose environments matter. */
export type SeeProcesses = (marker: string) => Promise<readonly SeenProcess[]>;

/** Time between the polite signal and the one that cannot be refused, in milliseconds. */
const graceMs = 1_000;
const longestPollMs = 160;
const killRounds = 50;

/**
 * Ends every process that carries the marker and everything descended from one, also where it left the process group.
 * Returns how many were found first.
 */
export async function endProcesses(who: Belonging, see: SeeProcesses): Promise<number> {
  const find = async (): Promise<readonly number[]> => belonging(await see(who.marker), who);
  const first = await find();
  signal(first, 'SIGTERM');
  let left = first;
  const killAt = performance.now() + graceMs;
  for (let pollMs = 10; left.length > 0 && performance.now() < killAt; pollMs = Math.min(2 * pollMs, longestPollMs)) {
    await wait(pollMs);
    left = await find();
  }
  for (let round = 0; left.length > 0 && round < killRounds; round += 1) {
    signal(left, 'SIGKILL');
    await wait(10 + round);
    left = await find();
  }
  return first.length;
}

/** Pids among `seen` that belong: marked, in the group, or descended from one that is. */
export function belonging(seen: readonly SeenProcess[], who: Belonging): readonly number[] {
  const found = new Set<number>();
  for (const one of seen) {
    const marked = one.environment !== null && carries(one.environment, who.marker);
    if (marked || one.group === who.group) found.add(one.pid);
  }
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const one of seen) if (found.has(one.parent)) found.add(one.pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** /proc parts the variables with NUL, ps with spaces. */
function carries(environment: string, marker: string): boolean {
  return environment.startsWith(marker) || environment.includes(`\0${marker}`) || environment.includes(` ${marker}`);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself meanwhile, or is not ours to end.
    }
  }
}
