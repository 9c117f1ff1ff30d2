import type { Limits, ProcessExit, Workspace } from '../../../../core/ports/floor.ts';
import { countersScript, parseCounters } from './counters.ts';
import type { Counters } from './counters.ts';

/** What the kernel had counted at some time. */
export type Reading = Pick<Counters, 'memory' | 'processes'>;

/** Tells of a command that ended badly whether that was for want of memory or of processes. */
export interface Meter {
  /** What was known last: the beginning of a command that is started now. */
  readonly known: () => Reading;
  /** Looks at the kernel's counters now; null where it cannot be asked. */
  read(): Promise<Counters | null>;
  /** How a command ended, where it began at a reading. */
  judge(exit: ProcessExit, begun: Reading): Promise<ProcessExit>;
}

const longestMs = 10_000;

/** @param first What had been counted when the workspace came into these hands. */
export function meter(workspace: Pick<Workspace, 'spawn'>, limits: Limits, first: Reading): Meter {
  let known = first;
  const read = async (): Promise<Counters | null> => {
    const asking = { argv: ['/bin/sh', '-c', countersScript], cwd: '', timeoutMs: longestMs, network: 'none' } as const;
    const result = await workspace.spawn(asking).catch(() => null);
    if (result === null || result.exit.kind !== 'exited' || result.exit.code !== 0) return null;
    const now = parseCounters(result.stdout);
    known = now;
    return now;
  };
  return {
    known: () => known,
    read,
    async judge(exit, begun) {
      const isWell = exit.kind === 'exited' ? exit.code === 0 : exit.kind !== 'signalled';
      const now = isWell ? null : await read();
      if (now === null) return exit;
      if (now.memory > begun.memory) return { kind: 'limited', limit: 'memory', allowed: limits.memoryBytes };
      if (now.processes > begun.processes) return { kind: 'limited', limit: 'processes', allowed: limits.processes };
      return exit;
    },
  };
}
