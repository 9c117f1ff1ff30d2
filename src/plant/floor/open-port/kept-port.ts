import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { socketOf } from '../place/places.ts';
import type { Place } from '../place/places.ts';
import { lifeOf } from '../spawn/life.ts';
import { residentMark, startResident } from '../spawn/start-resident.ts';
import type { Resident } from '../spawn/start-resident.ts';
import { portProgram } from './port-program.ts';

/** A port of the machine that is kept for one workspace, by a process that lives as long as the workspace. */
export interface KeptPort extends Resident {
  readonly port: number;
  /** Known to the workspace alone, though everybody of the machine can come to the port. */
  readonly key: string;
}

/** Keeps a port for the gate of a workspace; where an earlier life of the factory did, that one. */
export async function keepPort(place: Place): Promise<KeptPort> {
  const remembered = await rememberedPort(place);
  if (remembered !== null) return remembered;
  const program = join(place.space, 'port.cjs');
  await writeFile(program, portProgram(), { mode: 0o600 });
  const env = { PATH: '/usr/bin:/bin', JIDOKA_JOB: residentMark(place, 'port') };
  const { pid, life, said } = await startResident([process.execPath, program, socketOf(place, 'gateway')], env);
  const kept = { pid, life, port: Number.parseInt(said, 10), key: randomBytes(16).toString('hex') };
  const file = fileOf(place);
  await writeFile(`${file}.draft`, JSON.stringify(kept), { mode: 0o600 });
  await rename(`${file}.draft`, file);
  return kept;
}

/** The port that is kept already, by whichever life of the factory it was begun; null where none is. */
export async function rememberedPort(place: Place): Promise<KeptPort | null> {
  const text = await readFile(fileOf(place), 'utf8').catch(() => null);
  if (text === null) return null;
  const kept = JSON.parse(text) as KeptPort; // our own words: renamed into place when they were whole
  return (await lifeOf(kept.pid)) === kept.life ? kept : null;
}

function fileOf({ space }: Place): string {
  return join(space, 'port.json');
}
