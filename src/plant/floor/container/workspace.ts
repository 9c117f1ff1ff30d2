import { JidokaError } from '../../../core/base/error.ts';
import type { Command, Conversation, Exposed, Limits, ProcessResult, Workspace, WorkspaceUsage } from '../../../core/ports/floor.ts';
import type { ContainerGround } from './ground.ts';
import { commandEnvironment } from './image/environment.ts';
import { markStarted, startedMark } from './place.ts';
import type { ContainerPlace } from './place.ts';
import type { InsideFloor } from './inside-floor.ts';
import { diskBytesOf } from './use/disk.ts';
import { watchDisk } from './use/disk-watch.ts';
import type { DiskWatch } from './use/disk-watch.ts';
import { meter } from './use/meter.ts';
import type { Meter, Reading } from './use/meter.ts';
import { usageOf } from './use/usage.ts';

/** What the workspace of a container is made of. */
export interface ContainerParts {
  readonly ground: ContainerGround;
  readonly place: ContainerPlace;
  /** Id of its container. */
  readonly container: string;
  readonly inside: InsideFloor;
  /** The workspace as the container's own floor has it. */
  readonly inner: Workspace;
  /** Folder of the git folder that the tree began with; null where there is none. */
  readonly base: string | null;
  readonly limits: Limits;
  /** What the kernel had counted when the workspace came into these hands. */
  readonly counted: Reading;
  readonly remove: () => Promise<void>;
}

interface Around extends ContainerParts {
  readonly disk: DiskWatch;
  readonly counters: Meter;
  readonly exposed: Set<Exposed>;
  isGone: boolean;
}

/** A workspace in a container of its own. */
export function containerWorkspace(parts: ContainerParts): Workspace {
  const { ground, place, inner, base, limits, container } = parts;
  const around: Around = {
    ...parts,
    disk: watchDisk({ weigh: () => diskBytesOf(ground.engine, container), allowedBytes: limits.diskBytes }),
    counters: meter(inner, limits, parts.counted),
    exposed: new Set(),
    isGone: false,
  };
  const converse = (command: Command): Promise<Conversation> => converseIn(around, command);
  const tree = { root: inner.root, base, converse };
  return {
    name: place.name,
    ref: { floor: 'container', host: ground.engine.host, name: place.name },
    root: inner.root,
    scratch: inner.scratch,
    files: inner.files,
    spawn: (command) => spawnIn(around, command),
    converse,
    ...startedCommands(around),
    seed: (source) => source.plant(tree),
    harvest: (sink) => sink.take(tree),
    async expose(port) {
      mustStand(around);
      const exposed = await inner.expose(port);
      around.exposed.add(exposed);
      return exposed;
    },
    usage: () => usageIn(around),
    destroy: () => destroy(around),
  };
}

async function spawnIn(around: Around, command: Command): Promise<ProcessResult> {
  mustStand(around);
  const begun = around.counters.known();
  const leave = enter(around, command);
  try {
    const result = await around.disk.during((signal) => around.inner.spawn(asInside(around, command, signal)));
    return await judged(around, result, { begun, asked: command.signal });
  } finally {
    leave();
  }
}

async function converseIn(around: Around, command: Command): Promise<Conversation> {
  mustStand(around);
  const begun = around.counters.known();
  const leave = enter(around, command);
  return new Promise((resolve, reject) => {
    const toItsEnd = async (signal: AbortSignal): Promise<ProcessResult> => {
      const conversation = await around.inner.converse(asInside(around, command, signal));
      const result = conversation.result.then((ended) => judged(around, ended, { begun, asked: command.signal }));
      // Who does not wait for its end is told elsewhere.
      result.catch(() => undefined);
      resolve({ ...conversation, result });
      return conversation.result;
    };
    around.disk.during(toItsEnd).catch(reject).finally(leave);
  });
}

function startedCommands(around: Around): Pick<Workspace, 'start' | 'attach'> {
  const { inner, place, counters, disk } = around;
  const held = new Map<string, () => void>();
  return {
    async start(command) {
      mustStand(around);
      const begun = counters.known();
      const leave = enter(around, command);
      try {
        const process = await inner.start(asInside(around, command));
        await markStarted(place, process.id, { network: command.network, memory: begun.memory, processes: begun.processes });
        held.set(process.id, leave);
        return process;
      } catch (error) {
        leave();
        throw error;
      }
    },
    async attach(process, options) {
      mustStand(around);
      const mark = await startedMark(place, process.id);
      const leave = enter(around, { network: mark?.network ?? 'none' });
      try {
        const result = await disk.during((signal) =>
          inner.attach(process, { ...options, signal: AbortSignal.any([options.signal, signal]) }),
        );
        held.get(process.id)?.();
        held.delete(process.id);
        return result === 'gone' ? result : await judged(around, result, { begun: mark ?? counters.known(), asked: options.signal });
      } finally {
        leave();
      }
    },
  };
}

/** Lets the command out of the container where it may reach something. */
function enter({ inside }: Around, { network }: Pick<Command, 'network'>): () => void {
  return inside.passage.enter(network);
}

function asInside({ ground }: Around, command: Command, signal?: AbortSignal): Command {
  const signals = [command.signal, signal].filter((one) => one !== undefined);
  return {
    ...command,
    env: { ...commandEnvironment(ground.image.env), ...command.env },
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
  };
}

interface Judging {
  readonly begun: Reading;
  /** Whoever asked for the command may have ended it himself. */
  readonly asked: AbortSignal | undefined;
}

async function judged({ disk, counters }: Around, result: ProcessResult, { begun, asked }: Judging): Promise<ProcessResult> {
  return { ...result, exit: await counters.judge(disk.judge(result.exit, asked), begun) };
}

async function usageIn({ ground, container, inner, counters, isGone }: Around): Promise<WorkspaceUsage> {
  const { refusals } = isGone ? { refusals: [] } : await inner.usage();
  const [used, counted, diskBytes] = await Promise.all([
    usageOf(ground.engine, container),
    counters.read(),
    diskBytesOf(ground.engine, container),
  ]);
  return { ...used, memoryPeakBytes: counted?.memoryPeakBytes ?? used.memoryPeakBytes, diskBytes, refusals };
}

async function destroy(around: Around): Promise<void> {
  around.isGone = true;
  around.disk.stop();
  // Its processes end with the container, and need not be told.
  await Promise.all([...around.exposed].map((one) => one.close().catch(() => undefined)));
  await around.remove();
}

function mustStand({ isGone, place }: Around): void {
  if (!isGone) return;
  throw new JidokaError('workspace-failed', `The workspace ${place.name} is gone: its container was removed.`, {
    mend: 'Open it anew and do the stage again.',
  });
}
