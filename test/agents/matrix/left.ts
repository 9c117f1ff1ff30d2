import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A process of a job, as this machine sees it. */
export interface JobProcess {
  readonly pid: number;
  readonly uid: number;
  readonly command: string;
}

/**
 * Looks for what jobs of one floor leave. A process is a job's where its environment, its command or its folder names the
 * floor, or where it runs as a user that such a process ran as: whoever clears its environment still is that user.
 */
export class Leftovers {
  readonly #floor: string;
  readonly #users = new Set<number>();
  readonly #others = new Set<number>();

  /** @param floor Folder of the workspaces. */
  constructor(floor: string) {
    this.#floor = floor;
  }

  /** Those that live now; their users are remembered. `quick` does not look at those again that were nobody's before. */
  async processes(quick = false): Promise<readonly JobProcess[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const seen: JobProcess[] = [];
    for (const pid of pids.filter((one) => !quick || !this.#others.has(one))) {
      const found = await this.#look(pid);
      if (found === null) this.#others.add(pid);
      else seen.push(found);
    }
    return seen;
  }

  /** Looks again and again, so that the users of short jobs are known too. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.processes(true);
      await pause(700, undefined, { ref: false });
    }
  }

  /** What is there still after a job had time to go: processes and folders of workspaces. */
  async left(withinMs = 8_000): Promise<readonly string[]> {
    const end = Date.now() + withinMs;
    for (;;) {
      const processes = (await this.processes()).map(({ pid, command }) => `process ${pid}: ${command.slice(0, 200)}`);
      const entries = await readdir(this.#floor, { withFileTypes: true }).catch(() => []);
      const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => `workspace ${name}`);
      const left = [...processes, ...folders];
      if (left.length === 0 || Date.now() > end) return left;
      await pause(200);
    }
  }

  async #look(pid: number): Promise<JobProcess | null> {
    if (pid === process.pid) return null;
    const of = async (name: string): Promise<string> =>
      (await readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    const [environment, command, folder] = [await of('environ'), await of('cmdline'), await readlink(`/proc/${pid}/cwd`).catch(() => '')];
    const uid = (await stat(`/proc/${pid}`).catch(() => null))?.uid ?? 0;
    const named = `${environment} ${folder}/`.includes(`${this.#floor}/`) && environment.includes('JIDOKA_JOB=');
    // Users of jobs are none of the system's; the factory's own user is never one.
    if (named && uid > 65_536) this.#users.add(uid);
    if (!named && !this.#users.has(uid)) return null;
    const state = /\) ([A-Z]) /.exec(await of('stat'))?.[1];
    return state === 'Z' || command === '' ? null : { pid, uid, command };
  }
}
