import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from './nest.ts';
import type { Counts } from './versions.ts';

/** What must be known of a group in another life, which may itself be in another cgroup than the one that made it. */
export interface GroupRecord {
  readonly version: 1 | 2;
  readonly folders: Folders;
  /** How many processes it may have. */
  readonly processes: number;
  /** What was already told of its counts. */
  readonly told: Counts;
}

/** Remembers groups on disk, before they are made and until they are removed. */
export interface Records {
  read(job: string): Promise<GroupRecord | null>;
  write(job: string, record: GroupRecord): Promise<void>;
  remove(job: string): Promise<void>;
  jobs(): Promise<readonly string[]>;
}

const suffix = '.json';

/** Folder of a floor that nobody but the factory may look into. */
export function recordsFolder(root: string): string {
  return join(root, '.limits');
}

/** Keeps records as files. */
export function recordsIn(folder: string): Records {
  const fileOf = (job: string): string => join(folder, `${nameOf(job)}${suffix}`);
  return {
    async read(job) {
      const text = await readFile(fileOf(job), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      // The factory's own words, and whole: they were renamed into place.
      return text === null ? null : (JSON.parse(text) as GroupRecord);
    },
    async write(job, record) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `draft-${randomUUID()}`);
      await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
      await rename(draft, fileOf(job));
    },
    remove: (job) => rm(fileOf(job), { force: true }),
    async jobs() {
      const files = await readdir(folder).catch(() => []);
      return files.filter((file) => file.endsWith(suffix)).map((file) => jobOf(file.slice(0, -suffix.length)));
    },
  };
}

/** A name for a file and for a cgroup that no other job has and that is no file of the kernel's. */
export function nameOf(job: string): string {
  return `job-${encodeURIComponent(job)}`;
}

function jobOf(name: string): string {
  return decodeURIComponent(name.slice('job-'.length));
}
