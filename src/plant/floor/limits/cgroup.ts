import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { JidokaError } from '../../../core/base/error.ts';
import { joining } from './join-script.ts';
import { foldersWithin, namedIn, pidsWithin, readKernel, removeFolder, writeKernel } from './kernel-files.ts';
import type { LimitGroup } from './limiter.ts';
import { distinct } from './nest.ts';
import type { Folders } from './nest.ts';
import type { GroupRecord, Records } from './records.ts';
import { versions } from './versions.ts';
import type { Counts } from './versions.ts';

/** A group that is a cgroup, or one in each hierarchy. */
export interface Cgroup extends LimitGroup {
  /** How often its processes had to wait for their next share of the processors; null where that is not counted. */
  heldBack(): Promise<number | null>;
}

/** How long killed processes may take to be gone, in milliseconds. */
const goneMs = 5_000;
const pollMs = 5;

/** The group that a record stands for. */
export function cgroup(job: string, record: GroupRecord, records: Records): Cgroup {
  const { folders, version } = record;
  const kernel = versions[version];
  let told = record.told;
  const tell = async (counts: Counts): Promise<void> => {
    told = counts;
    await records.write(job, { ...record, told });
  };
  return {
    enclose: (argv) =>
      joining(
        distinct(folders).map((folder) => join(folder, kernel.joinedBy)),
        argv,
      ),
    usage: () => kernel.usage(folders),
    async heldBack() {
      return namedIn(await readKernel(folders.cpu, 'cpu.stat'), 'nr_throttled');
    },
    async exceeded() {
      const counts = await kernel.counts(folders);
      const hit = counts.memory > told.memory ? 'memory' : counts.processes > told.processes ? 'processes' : null;
      if (hit !== null) await tell(counts);
      return hit;
    },
    async end() {
      const before = await kernel.counts(folders);
      const ended = await endAll(job, record);
      const refused = (await kernel.counts(folders)).processes - before.processes;
      // That nothing could be started while it ended is no limit of the group.
      if (refused > 0) await tell({ ...told, processes: told.processes + refused });
      return ended;
    },
    async remove() {
      await removeAll(job, folders);
      await records.remove(job);
    },
  };
}

/** Nothing can be started meanwhile; so what was there when it began is all there is. */
async function endAll(job: string, { folders, version, processes }: GroupRecord): Promise<number> {
  if ((await readKernel(folders.pids, 'pids.max')) === '') return 0;
  await writeKernel(folders.pids, 'pids.max', '0');
  try {
    const ended = new Set<number>();
    for (const until = performance.now() + goneMs; ; await wait(pollMs)) {
      const pids = await pidsOf(folders);
      if (pids.length === 0) return ended.size;
      if (performance.now() > until) throw stays(job, pids);
      for (const pid of pids) ended.add(pid);
      if (version === 1 || !(await killAtOnce(folders))) pids.forEach(kill);
    }
  } finally {
    await writeKernel(folders.pids, 'pids.max', String(processes));
  }
}

/** False where the kernel is older than 5.14. */
function killAtOnce({ memory }: Folders): Promise<boolean> {
  return writeKernel(memory, 'cgroup.kill', '1').then(
    () => true,
    () => false,
  );
}

async function removeAll(job: string, folders: Folders): Promise<void> {
  // What is dying is no longer among the processes of a cgroup, but keeps it for a moment.
  for (const until = performance.now() + goneMs; !(await areRemoved(folders)); await wait(pollMs)) {
    if (performance.now() > until) throw stays(job, await pidsOf(folders));
  }
  for (const parent of new Set(distinct(folders).map((folder) => dirname(folder)))) await removeFolder(parent);
}

async function areRemoved(folders: Folders): Promise<boolean> {
  let all = true;
  for (const folder of distinct(folders)) {
    for (const one of await foldersWithin(folder)) all = (await removeFolder(one)) && all;
  }
  return all;
}

async function pidsOf(folders: Folders): Promise<readonly number[]> {
  const pids = await Promise.all(distinct(folders).map(pidsWithin));
  return [...new Set(pids.flat())];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, or is not ours to end; that shows when it stays.
  }
}

function stays(job: string, pids: readonly number[]): JidokaError {
  const who = pids.length === 0 ? 'processes that are dying' : `the processes ${pids.slice(0, 10).join(', ')}`;
  return new JidokaError('workspace-failed', `The group of the job ${job} still has ${who} after ${goneMs / 1_000} s.`, {
    mend: 'See what these processes wait for (`ps -o pid,stat,wchan,args`), end them, and run it again.',
    data: { pids },
  });
}
