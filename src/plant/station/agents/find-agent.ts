import { readFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { FoundAgent } from '../../../core/ports/stations/agents.ts';
import { askVersion } from './ask-version.ts';
import type { AgentRecord } from './catalogue/index.ts';
import { isProgram, readInstalled } from './installed.ts';
import type { AgentStoreOptions } from './store-options.ts';

/** The program that stations would use: the newest that is installed, else the first on PATH that tells its version. */
export async function findAgent(record: AgentRecord, options: AgentStoreOptions): Promise<FoundAgent | null> {
  const installed = (await readInstalled(options.folder)).find(({ agent }) => agent === record.name);
  if (installed === undefined) return await onPath(record, options);
  const { agent, path, version } = installed;
  // As it is now: some programs replace themselves.
  const now = await versionNow(join(options.folder, `${agent}@${version}`, 'node_modules', record.package));
  return { agent, path, version: now ?? version, from: 'factory' };
}

async function versionNow(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
  try {
    return text === null ? null : z.object({ version: z.string() }).parse(JSON.parse(text)).version;
  } catch {
    // What it was when it was installed is the best that is known.
    return null;
  }
}

async function onPath(record: AgentRecord, options: AgentStoreOptions): Promise<FoundAgent | null> {
  const folders = (options.env['PATH'] ?? '').split(delimiter).filter(isCommon);
  for (const folder of new Set(folders)) {
    const path = join(folder, record.program);
    if (!(await isProgram(path))) continue;
    const { version } = await askVersion(path, record, { options, signal: AbortSignal.timeout(60_000) });
    if (version !== null) return { agent: record.name, path, version, from: 'path' };
    options.log(`${path} does not tell its version, so it is not taken for ${record.name}.`);
  }
  return null;
}

/** Folders of packages are the tools of whoever started the factory, not of its owner. */
function isCommon(folder: string): boolean {
  return isAbsolute(folder) && !/\/node_modules\//.test(`${folder}/`);
}
