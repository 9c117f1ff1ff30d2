import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** What a process shows of itself. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Tells it from another process that had its pid; '' where the machine does not tell. */
  readonly started: string;
  /** Its environment as text; null where the factory may not read it. */
  readonly environment: string | null;
}

/** How to recognise the processes of a command, or of a whole workspace. */
export interface Belonging {
  /** `NAME=value`, or the beginning of it, as it stands in the environment of each of them. */
  readonly marker: string;
  /** The process group the command was started in; null where only the marker counts. */
  readonly group: number | null;
  /** Longer markers of those that are let be, with all that belongs to them. */
  readonly except?: readonly string[];
}

/** Looks at the processes of the machine; the marker says whose environments matter. */
export type SeeProcesses = (marker: string) => Promise<readonly SeenProcess[]>;

/** Time between the polite signal and the one that cannot be refused, in milliseconds. */
const graceMs = 700;
const longestPollMs = 160;
const killRounds = 50;

/**
 * Ends every process that carries the marker and everything descended from one, also where it left the process group.
 * Returns how many were found first.
 */
export async function endProcesses(who: Belonging, see: SeeProcesses): Promise<number> {
  // Whom a parent or a group gave away once stays known, also when those are gone.
  const known = new Set<string>();
  const find = async (): Promise<readonly number[]> => {
    const seen = await see(who.marker);
    const spared = await sparedPids(who, see);
    const pids = belonging(seen, who, known).filter((pid) => !spared.has(pid));
    for (const one of seen) if (pids.includes(one.pid)) known.add(nameOf(one));
    return pids;
  };
  const first = await find();
  const told = new Set<number>();
  let left = first;
  const killAt = performance.now() + graceMs;
  for (let pollMs = 10; left.length > 0 && performance.now() < killAt; pollMs = Math.min(2 * pollMs, longestPollMs)) {
    // Also those that appeared meanwhile; nobody is told twice.
    signal(
      left.filter((pid) => !told.has(pid)),
      'SIGTERM',
    );
    for (const pid of left) told.add(pid);
    await wait(Math.min(pollMs, Math.max(0, killAt - performance.now())));
    left = await find();
  }
  for (let round = 0; left.length > 0 && round < killRounds; round += 1) {
    signal(left, 'SIGKILL');
    await wait(10 + round);
    left = await find();
  }
  return first.length;
}

/** Looked for one by one: not on every machine the environment of another user's process is there to be read whole. */
async function sparedPids({ except = [] }: Belonging, see: SeeProcesses): Promise<ReadonlySet<number>> {
  const found = await Promise.all(except.map(async (marker) => belonging(await see(marker), { marker, group: null })));
  return new Set(found.flat());
}

/** Pids among `seen` that belong: known, marked, in the group, descended from one that is, or in a group with one. */
export function belonging(seen: readonly SeenProcess[], who: Belonging, known: ReadonlySet<string> = new Set()): readonly number[] {
  const own = seen.find(({ pid }) => pid === process.pid);
  const found = new Set<number>();
  const groups = new Set(who.group === null ? [] : [who.group]);
  const add = (one: SeenProcess): void => {
    found.add(one.pid);
    // Every command leads a group of its own, which nobody can join from outside.
    if (one.group !== own?.group) groups.add(one.group);
  };
  for (const one of seen) {
    const marked = one.environment !== null && carries(one.environment, who.marker);
    if (marked || known.has(nameOf(one))) add(one);
  }
  for (let before = -1; before !== found.size + groups.size;) {
    before = found.size + groups.size;
    for (const one of seen) if (found.has(one.parent) || groups.has(one.group)) add(one);
  }
  found.delete(process.pid);
  return [...found];
}

function nameOf({ pid, started }: SeenProcess): string {
  return `${pid}.${started}`;
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
