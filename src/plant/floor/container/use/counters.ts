import { execute } from '../engine/execute.ts';
import type { Engine } from '../engine/engine.ts';
import { jobUser } from '../layout.ts';

/** What the kernel has counted of a container since it was started. */
export interface Counters {
  /** Processes ended for want of memory. */
  readonly memory: number;
  /** Forks refused. */
  readonly processes: number;
  /** Most memory at once, in bytes; null where the kernel does not tell. */
  readonly memoryPeakBytes: number | null;
  /** Processors given out; null where all are, or the kernel does not tell. */
  readonly cpus: number | null;
}

/**
 * A script of sh that tells what the kernel has counted, for both versions of cgroups: each line a name and a number.
 * It forks nothing: a container that is full has no room for that.
 */
export const countersScript = `
tell() { while read -r name value rest; do case "$name" in "$2") echo "$1 $value";; esac; done <"$3"; }
alone() { read -r value <"$2" && echo "$1 $value"; }
cd /sys/fs/cgroup
if [ -e memory.events ]; then
  tell memory oom_kill memory.events; tell processes max pids.events
  [ -e memory.peak ] && alone peak memory.peak
  [ -e cpu.max ] && read -r quota period <cpu.max && echo "quota $quota" && echo "period $period"
else
  tell memory oom_kill memory/memory.oom_control; tell processes max pids/pids.events
  alone peak memory/memory.max_usage_in_bytes
  for folder in cpu cpu,cpuacct; do
    [ -e $folder/cpu.cfs_quota_us ] && alone quota $folder/cpu.cfs_quota_us && alone period $folder/cpu.cfs_period_us && break
  done
fi
exit 0`;

/** Reads what the script told. */
export function parseCounters(text: string): Counters {
  const told = new Map([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
  const [quota, period] = [told.get('quota'), told.get('period')];
  return {
    memory: told.get('memory') ?? 0,
    processes: told.get('processes') ?? 0,
    memoryPeakBytes: told.get('peak') ?? null,
    cpus: quota === undefined || period === undefined || period === 0 ? null : quota / period,
  };
}

/** Asks the kernel from within a container; null where there is no room for another process. Throws `workspace-failed`, `floor-unreachable`. */
export async function countersIn(engine: Engine, container: string): Promise<Counters | null> {
  const { stdout, code } = await execute(engine, container, { argv: ['/bin/sh', '-c', countersScript], user: jobUser.text });
  return code === 0 ? parseCounters(stdout) : null;
}
