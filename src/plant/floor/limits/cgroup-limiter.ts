import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { cgroup } from './cgroup.ts';
import type { Cgroup } from './cgroup.ts';
import { makeFolder, writeKernel } from './kernel-files.ts';
import { distinct } from './nest.ts';
import type { Nest } from './nest.ts';
import { nameOf } from './records.ts';
import type { GroupRecord, Records } from './records.ts';
import { versions } from './versions.ts';

/** Groups as cgroups; whether anything is held there is not known yet. */
export interface Cgroups {
  group(job: string, limits: Limits): Promise<Cgroup>;
  remove(job: string): Promise<void>;
}

const tries = 5;

/** Makes groups in a nest, and finds those that earlier lives made, wherever that was. */
export function cgroupsIn(nest: Nest, records: Records): Cgroups {
  return {
    async group(job, limits) {
      try {
        const known = await records.read(job);
        if (known === null || !(await stands(known))) return await make(job, limits, { nest, records });
        const record = { ...known, processes: limits.processes };
        await records.write(job, record);
        return await takeUp(job, record, { limits, records });
      } catch (error) {
        throw workspaceFault(error, `limiting what the job ${job} may use`);
      }
    },
    async remove(job) {
      try {
        const known = await records.read(job);
        if (known === null) return;
        const group = cgroup(job, known, records);
        await group.end();
        await group.remove();
      } catch (error) {
        throw workspaceFault(error, `removing the group of the job ${job}`);
      }
    },
  };
}

interface Ways {
  readonly nest: Nest;
  readonly records: Records;
}

async function make(job: string, limits: Limits, ways: Ways): Promise<Cgroup> {
  for (let round = 1; ; round += 1) {
    try {
      return await makeOnce(job, limits, ways);
    } catch (error) {
      // Whoever removes the last group removes the floor's folder too, perhaps just now.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || round === tries) throw error;
    }
  }
}

async function makeOnce(job: string, limits: Limits, { nest, records }: Ways): Promise<Cgroup> {
  const opened = Object.entries(await nest.open());
  const folders = Object.fromEntries(opened.map(([controller, folder]) => [controller, join(folder, nameOf(job))]));
  const told = { memory: 0, processes: 0 };
  const record: GroupRecord = { version: nest.version, folders, processes: limits.processes, told };
  await records.write(job, record);
  try {
    return await takeUp(job, record, { limits, records });
  } catch (error) {
    await cgroup(job, record, records).remove();
    throw error;
  }
}

/** Whoever made the group may have died in the middle of it. */
async function takeUp(
  job: string,
  record: GroupRecord,
  { limits, records }: { readonly limits: Limits; readonly records: Records },
): Promise<Cgroup> {
  for (const folder of distinct(record.folders)) await makeFolder(folder);
  for (const { controller, file, value, optional } of versions[record.version].settings(limits)) {
    const folder = record.folders[controller];
    if (folder === undefined) continue;
    await writeKernel(folder, file, value).catch((error: NodeJS.ErrnoException) => {
      if (optional !== true || error.code !== 'ENOENT') throw error;
    });
  }
  return cgroup(job, record, records);
}

/** What a record tells of is gone after the next boot of the machine. */
async function stands({ folders }: GroupRecord): Promise<boolean> {
  const there = await Promise.all(
    distinct(folders).map((folder) =>
      access(folder).then(
        () => true,
        () => false,
      ),
    ),
  );
  return there.includes(true);
}
