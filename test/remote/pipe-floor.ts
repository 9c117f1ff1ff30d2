import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { otherLoading } from '../../kit/floor/index.ts';
import type { OtherOwner } from '../../kit/floor/index.ts';
import type { Egress } from '../../src/core/ports/egress.ts';
import type { Floor } from '../../src/core/ports/floor.ts';
import { bootArguments, bootOver, floorOver, packRunner, startTalking, wireTo } from '../../src/plant/floor/remote/index.ts';
import type { Connection, FloorOverOptions, RunnerSettings } from '../../src/plant/floor/remote/index.ts';

export interface PipeFloor {
  readonly floor: RunnerSettings['floor'];
  /** Folder of the floor, of its runner and of the factory's sockets. */
  readonly folder: string;
  readonly egress?: Egress;
  readonly more?: Partial<FloorOverOptions>;
}

/** A floor of a runner that this process starts and talks to over its stdin and stdout. */
export function pipeFloor({ floor, folder, egress, more }: PipeFloor): Floor {
  return floorOver({
    kind: 'pipe',
    host: hostname(),
    folder: join(folder, 'sockets'),
    settings: { floor, root: join(folder, 'work'), factory: 'test', mostOutputBytes: 3_000_000 },
    connect: () => connectByPipe(folder),
    describe: async (probe) => ({ ...probe, kind: 'pipe' }),
    mend: 'Look at the runner.',
    egress: egress ?? { serve: () => Promise.reject(new Error('there is no way out')) },
    log: () => undefined,
    ...more,
  });
}

/** Starts a runner as another machine would: by the boot program, with a cache of its own. */
export async function connectByPipe(folder: string): Promise<Connection & { readonly pid: number }> {
  const pack = await packRunner();
  const env = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  const runner = await startTalking([process.execPath, ...bootArguments(pack)], env);
  return { wire: await bootOver(wireTo(runner), pack), complaint: runner.said, pid: runner.pid };
}

/** The same floor in the hands of another process. */
export async function otherByPipe({ floor, folder }: Pick<PipeFloor, 'floor' | 'folder'>): Promise<OtherOwner> {
  return otherLoading(
    folder,
    `const { pipeFloor } = await load(${JSON.stringify(import.meta.filename)});
    await serveOwner(pipeFloor(${JSON.stringify({ floor, folder })}));`,
  );
}
