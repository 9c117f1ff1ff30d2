import { z } from 'zod';
import type { Limits } from '../../../../core/ports/floor.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import type { Engine } from './engine.ts';
import { asked, askedFor, statusOf } from './fault.ts';
import { masking } from './masked.ts';

export interface ContainerOrder {
  readonly name: string;
  readonly image: string;
  /** `uid:gid` of its first process. */
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: HeldLimits;
}

/** What an engine holds; the disk is watched. */
export type HeldLimits = Omit<Limits, 'diskBytes'>;

/** A container as the engine tells of it. */
export interface Container {
  readonly id: string;
  readonly isRunning: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly made: string;
}

/**
 * Its first process: it collects what ended without a parent, and does nothing else. It sleeps in a loop, because a job
 * may end the sleep, but not the first process of its own namespace.
 */
const firstProcess = ['/bin/sh', '-c', 'while :; do sleep 2147483647 & wait; done'];

/**
 * Makes a container shut off from everything: no network, no mounts of the host, no capabilities, none to be gained,
 * nothing of the host's hardware to be seen, and what it may use bounded. Throws `workspace-failed` where one of the name is there already, `disk-full`, `floor-unreachable`.
 */
export async function makeContainer(engine: Engine, { name, image, user, labels, limits }: ContainerOrder): Promise<string> {
  const made = await asked(engine, `making the container ${name}`, () =>
    engine.api.createContainer({
      name,
      Image: image,
      // The same in all of them: a lock that an image holds names the host it was taken on.
      Hostname: 'jidoka',
      User: user,
      WorkingDir: '/',
      Entrypoint: firstProcess,
      Cmd: [],
      Labels: { ...labels },
      HostConfig: {
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        ...masking(engine, ['no-new-privileges']),
        Privileged: false,
        Memory: limits.memoryBytes,
        MemorySwap: limits.memoryBytes,
        NanoCpus: Math.max(nanosPerCpu / 100, Math.round(limits.cpus * nanosPerCpu)),
        PidsLimit: limits.processes,
      },
    }),
  );
  return made.id;
}

const nanosPerCpu = 1_000_000_000;

/** Starts a container that was made. Throws `workspace-failed`, `floor-unreachable`. */
export async function startContainer(engine: Engine, id: string): Promise<void> {
  await asked(engine, `starting the container ${id.slice(0, 12)}`, () => engine.api.getContainer(id).start());
}

const Inspected = z.object({
  Id: z.string(),
  Created: z.string(),
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
});

/** Looks at a container by its name or id; null where there is none. Throws `floor-unreachable`. */
export async function lookAt(engine: Engine, name: string): Promise<Container | null> {
  const found = await askedFor(engine, `looking at the container ${name}`, () => engine.api.getContainer(name).inspect());
  if (found === null) return null;
  const { Id, Created, State, Config } = Inspected.parse(found);
  return { id: Id, isRunning: State.Running, labels: Config.Labels ?? {}, made: isoOf(Created) };
}

const Listed = z.array(
  z.object({ Id: z.string(), Created: z.number(), State: z.string(), Labels: z.record(z.string(), z.string()).nullish() }),
);

/** Every container that carries these labels, running or not. Throws `floor-unreachable`. */
export async function listContainers(engine: Engine, labels: Readonly<Record<string, string>>): Promise<readonly Container[]> {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const found = await asked(engine, 'listing containers', () => engine.api.listContainers({ all: true, filters: { label } }));
  return Listed.parse(found).map(({ Id, Created, State, Labels }) => ({
    id: Id,
    isRunning: State === 'running',
    labels: Labels ?? {},
    made: new Date(Created * 1000).toISOString(),
  }));
}

/** Two that remove the same one at once meet; the engine refuses one of them. */
const removeRounds = 20;

/**
 * Ends everything in a container and removes it, and asks the engine that it is gone. Nothing happens where there is
 * none. Throws `workspace-failed` where it stays, `floor-unreachable`.
 */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  for (let round = 0; round < removeRounds; round += 1) {
    await asked(engine, `removing the container ${name}`, () =>
      engine.api
        .getContainer(name)
        .remove({ force: true, v: true })
        .catch((error: unknown) => {
          if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
        }),
    );
    if ((await lookAt(engine, name)) === null) return;
    await new Promise((resolve) => setTimeout(resolve, 50 * (round + 1)));
  }
  throw new JidokaError('workspace-failed', `The container ${name} stays on ${engine.where} though it was removed.`, {
    mend: `Remove it there: \`${engine.kind} rm --force ${name}\`.`,
  });
}

/** Engines tell of nanoseconds, and of zones, which times of ours do not have. */
function isoOf(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
