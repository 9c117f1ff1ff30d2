import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rcompare } from 'semver';
import { z } from 'zod';
import type { InstalledAgent } from '../../../core/ports/stations/agents.ts';

/** Written beside what was installed, as the last thing before it counts. */
export const recordFile = 'agent.json';

/** What was looked at when an agent was installed. */
export const InstallRecord = z.strictObject({
  v: z.literal(1),
  agent: z.string(),
  version: z.string(),
  package: z.string(),
  integrity: z.string(),
  /** The program, below the folder. */
  program: z.string(),
  said: z.string(),
  bytes: z.number(),
  /** Packages for this kind of machine that came with it. */
  platformPackages: z.array(z.string()).readonly(),
  node: z.string(),
  npm: z.string(),
  at: z.string(),
});
export type InstallRecord = z.infer<typeof InstallRecord>;

/** Everything that is installed whole, by name, the newest version first. */
export async function readInstalled(folder: string): Promise<readonly InstalledAgent[]> {
  const names = await readdir(folder).catch(() => []); // nothing was ever installed
  const found = await Promise.all(names.map((name) => readOne(folder, name)));
  return found
    .filter((one) => one !== null)
    .toSorted((a, b) => (a.agent === b.agent ? rcompare(a.version, b.version) : a.agent < b.agent ? -1 : 1));
}

/** One place in the folder; null for what is not whole: without its record, or without its program. */
export async function readOne(folder: string, place: string): Promise<InstalledAgent | null> {
  const text = await readFile(join(folder, place, recordFile), 'utf8').catch(() => null);
  const record = text === null ? null : recordIn(text);
  if (record === null || place !== `${record.agent}@${record.version}`) return null;
  const { agent, version, package: name, integrity, program, said, bytes, at } = record;
  const path = join(folder, place, program);
  if (!(await isProgram(path))) return null;
  return { agent, version, package: name, integrity, path, said, bytes, at };
}

/** Whether this process could start what is at a path. */
export function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function recordIn(text: string): InstallRecord | null {
  try {
    return InstallRecord.parse(JSON.parse(text));
  } catch {
    // Whatever it is, no installation of ours wrote it to its end.
    return null;
  }
}
