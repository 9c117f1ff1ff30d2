import type { RunNeeds } from '../run/index.ts';

const everyMs = 60_000;

/**
 * Ends, now and every minute until told to stop, what dead processes left running on this machine for runs that have
 * ended meanwhile, and removes the workspaces they left. A station under way in an open run stays: whoever takes that run
 * over goes on with it.
 */
export async function sweepFloor(needs: Pick<RunNeeds, 'floor' | 'control' | 'clock'>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await sweep(needs).catch(() => undefined); // the next round tries again; a worker does not stop for it
    await needs.clock.sleep(everyMs, stop);
  }
}

async function sweep({ floor, control }: Pick<RunNeeds, 'floor' | 'control'>): Promise<void> {
  const { left } = await floor.reap();
  if (left.length === 0) return;
  const open = await control.works({ kind: 'run', open: true, limit: 100_000 });
  const orphans = left.filter(({ ref }) => !open.some((run) => ref.name.startsWith(`${run}-`)));
  for (const { ref } of orphans) {
    const found = await floor.attach(ref);
    if (found.kind === 'attached') await found.workspace.destroy();
  }
}
