import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { placeOf } from '../place/places.ts';
import { lookAt } from './engine/containers.ts';
import type { Container } from './engine/containers.ts';
import type { Bearings } from './ground.ts';
import { labels } from './layout.ts';
import { parseAs } from './parse-as.ts';

/** Where the container of a workspace is, and what this machine knows of it. */
export interface ContainerPlace {
  readonly name: string;
  /** Name of its container. */
  readonly container: string;
  /** Lock of its owner. */
  readonly lock: string;
  /** Folder of this machine with what is to outlive the factory; nothing of it is seen in the container. */
  readonly space: string;
}

/** The place of a workspace of a name; nothing needs to be there. */
export function containerPlace({ options, floor }: Pick<Bearings, 'options' | 'floor'>, name: string): ContainerPlace {
  const { lock, space } = placeOf(options.root, name);
  return { name, lock, space, container: `jidoka-${floor}-${basename(space)}` };
}

/** The container of a workspace of this floor; null where there is none. Throws `floor-unreachable`. */
export async function standingContainer({ engine, floor }: Bearings, { container, name }: ContainerPlace): Promise<Container | null> {
  const found = await lookAt(engine, container);
  return found?.labels[labels.floor] === floor && found.labels[labels.name] === name ? found : null;
}

const Started = z.strictObject({ network: z.enum(['none', 'registry', 'gateway']), memory: z.number(), processes: z.number() });

/** What is to be known of a started command in another life of the factory. */
export type StartedMark = z.infer<typeof Started>;

/** Remembers a started command. */
export async function markStarted({ space }: ContainerPlace, id: string, mark: StartedMark): Promise<void> {
  const folder = join(space, 'started');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, id), JSON.stringify(mark), { flush: true });
}

/** What is known of a started command; null for nothing. */
export async function startedMark({ space }: ContainerPlace, id: string): Promise<StartedMark | null> {
  if (!/^[\da-f-]+$/.test(id)) return null;
  const text = await readFile(join(space, 'started', id), 'utf8').catch(() => null);
  // Half written by a process that was killed, it says nothing.
  return text === null ? null : parseAs(Started, text);
}

/** True where a command was started, and its result may be waited for still. */
export async function hasMarks({ space }: Pick<ContainerPlace, 'space'>): Promise<boolean> {
  return (await readdir(join(space, 'started')).catch(() => [])).length > 0;
}

/** Makes the folder of a workspace that begins. */
export async function makeSpace({ space }: ContainerPlace): Promise<void> {
  await rm(space, { recursive: true, force: true });
  await mkdir(space, { recursive: true, mode: 0o700 });
}
