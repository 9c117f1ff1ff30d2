import { statfs } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { diskBytes } from './disk-bytes.ts';

export interface DiskWatch {
  /** Folders whose content is counted together; they need not be there. */
  readonly folders: readonly string[];
  /** Infinity where the folders are only counted, when somebody asks. */
  readonly allowedBytes: number;
  /** Called once, with what was found, when it is more than allowed. */
  readonly exceeded: (bytes: number) => void;
}

export interface DiskWatched {
  /** What the folders take now, in bytes, looked at anew. */
  readonly bytes: () => Promise<number>;
  stop(): void;
}

interface Look {
  readonly bytes: number;
  /** Room on the file systems of the folders when it began, in bytes. */
  readonly free: number;
  readonly tookMs: number;
  readonly endedAt: number;
}

/** Time between two questions how much room is left, in milliseconds. */
const tickMs = 250;
/** A look may take this part of the time. */
const share = 1 / 20;
/** How many times as long as the last look the pause before an early one is. */
const leastPauses = 4;
const pauseMs = { least: 1_000, most: 60_000 };

/**
 * Watches what folders take of the disk. Nothing is held: between two looks a command can write more. A look comes when
 * one is due, which is seldom where looks are long, and early when the file system has lost as much room as was left.
 *
 * @example
 * const watched = watchDisk({ folders: [tree, scratch], allowedBytes: 2 ** 30, exceeded: () => cancel.abort() });
 * await watched.bytes(); // 4096
 * watched.stop();
 */
export function watchDisk({ folders, allowedBytes, exceeded }: DiskWatch): DiskWatched {
  let last: Look | null = null;
  let looking: Promise<Look> | null = null;
  let done = false;

  const look = (): Promise<Look> => {
    looking ??= lookAt(folders).finally(() => (looking = null));
    return looking;
  };
  const watch = async (): Promise<void> => {
    if (last !== null && !(await isDue(last, { folders, allowedBytes }))) return;
    // Whoever asks for the bytes is told why they cannot be had; here the next tick tries again.
    last = (await look().catch(() => null)) ?? last;
    if (done || last === null || last.bytes <= allowedBytes) return;
    done = true;
    exceeded(last.bytes);
  };
  const tick = async (): Promise<void> => {
    await watch();
    if (!done) timer = setTimeout(tick, tickMs).unref();
  };
  let timer = allowedBytes === Infinity ? null : setTimeout(tick, 0).unref();
  return {
    bytes: async () => (await look()).bytes,
    stop() {
      done = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

async function lookAt(folders: readonly string[]): Promise<Look> {
  const begun = performance.now();
  const free = await freeBytes(folders);
  const bytes = await diskBytes(folders);
  const endedAt = performance.now();
  return { bytes, free, tookMs: endedAt - begun, endedAt };
}

async function isDue(last: Look, { folders, allowedBytes }: Pick<DiskWatch, 'folders' | 'allowedBytes'>): Promise<boolean> {
  const passedMs = performance.now() - last.endedAt;
  if (passedMs >= Math.min(pauseMs.most, Math.max(pauseMs.least, last.tookMs / share))) return true;
  // Others write too, so not for each of their files.
  if (passedMs < last.tookMs * leastPauses) return false;
  return last.free - (await freeBytes(folders)) > allowedBytes - last.bytes;
}

/** The least of what is free where the folders are. */
async function freeBytes(folders: readonly string[]): Promise<number> {
  const free = await Promise.all(
    folders.map((folder) =>
      statfs(folder).then(
        ({ bfree, bsize }) => bfree * bsize,
        // A folder that is not there takes no room.
        () => Number.POSITIVE_INFINITY,
      ),
    ),
  );
  return Math.min(...free);
}
