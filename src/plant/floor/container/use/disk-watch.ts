import type { ProcessExit } from '../../../../core/ports/floor.ts';

/** Ends the commands of a workspace that has written more than it may. */
export interface DiskWatch {
  /** Runs something while the disk is watched; its signal is aborted when too much is written. */
  during<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** How a command ended that was told to end by `signal` alone. */
  judge(exit: ProcessExit, asked: AbortSignal | undefined): ProcessExit;
  stop(): void;
}

export interface DiskWatchOptions {
  /** What is written so far, in bytes; it may take long. */
  readonly weigh: () => Promise<number>;
  readonly allowedBytes: number;
}

/** A look may take this part of the time. */
const share = 1 / 20;
const pauseMs = { least: 1_000, most: 60_000 };

/** Looks from time to time while a command runs. Nothing is held: between two looks a command can write more. */
export function watchDisk({ weigh, allowedBytes }: DiskWatchOptions): DiskWatch {
  const running = new Set<AbortController>();
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  const look = async (): Promise<void> => {
    const begun = performance.now();
    // An engine that does not answer is seen by whoever asks it for more than this.
    const bytes = await weigh().catch(() => null);
    timer = null;
    if (bytes !== null) isOver = bytes > allowedBytes;
    // Any reason but `leave` and `lost` ends a command.
    if (isOver) for (const one of running) one.abort('withdrawn');
    if (running.size > 0) next((performance.now() - begun) / share);
  };
  const next = (afterMs: number): void => {
    timer ??= setTimeout(() => void look(), Math.min(pauseMs.most, Math.max(pauseMs.least, afterMs))).unref();
  };
  return {
    async during(run) {
      const one = new AbortController();
      running.add(one);
      next(0);
      try {
        return await run(one.signal);
      } finally {
        running.delete(one);
      }
    },
    judge: (exit, asked) =>
      isOver && exit.kind === 'cancelled' && asked?.aborted !== true ? { kind: 'limited', limit: 'disk', allowed: allowedBytes } : exit,
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
