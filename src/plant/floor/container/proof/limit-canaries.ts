import type { FloorClaim } from '../../../../core/ports/floor.ts';
import type { HeldLimits } from '../engine/containers.ts';
import { execute } from '../engine/execute.ts';
import type { Engine } from '../engine/engine.ts';
import { jobUser } from '../layout.ts';
import { countersIn, countersScript, parseCounters } from '../use/counters.ts';
import type { Counters } from '../use/counters.ts';
import { diskBytesOf } from '../use/disk.ts';

/** Takes as much memory as its argument says, and ends well. */
const hog = 'const all = []; for (let left = Number(process.argv[1]); left > 0; left -= 4e6) all.push(Buffer.alloc(4e6, 1));';
/** More processes than are allowed; and what the kernel counted then, without another fork, for which there is no room. */
const crowd = `(for each in $(seq "$1"); do sleep 1 & done; wait) 2>/dev/null\n${countersScript}`;
/** Where the kernel could not be asked, nothing is shown. */
const nothing: Counters = { memory: 0, processes: 0, memoryPeakBytes: null, cpus: null };
const writtenBytes = 512 * 1024;

/**
 * Takes more in a container than its limits allow, one after another, and looks what became of it. What a canary takes
 * is ended with its container.
 */
export async function sendLimitCanaries(engine: Engine, container: string, limits: HeldLimits): Promise<readonly FloorClaim[]> {
  const inside = (...argv: readonly [string, ...string[]]): ReturnType<typeof execute> =>
    execute(engine, container, { argv, user: jobUser.text });
  const before = (await countersIn(engine, container)) ?? nothing;
  const taken = await inside('node', '-e', hog, String(2 * limits.memoryBytes));
  const between = (await countersIn(engine, container)) ?? nothing;
  const wasEnded = taken.code !== 0 && between.memory > before.memory;
  const disk = await diskClaim(engine, container);
  const cpu = cpuClaim(between.cpus, limits);
  const after = parseCounters((await inside('/bin/sh', '-c', crowd, 'sh', String(limits.processes))).stdout);
  return [
    {
      claim: 'limits.memory',
      state: wasEnded ? 'proved' : 'refuted',
      proof: `a program that took more than ${limits.memoryBytes} bytes ${wasEnded ? 'was ended by the kernel' : `ended by itself with ${taken.code}`}`,
    },
    {
      claim: 'limits.processes',
      state: after.processes > before.processes ? 'proved' : 'refuted',
      proof: `of more than ${limits.processes} processes ${after.processes > before.processes ? 'some were' : 'none was'} refused`,
    },
    cpu,
    disk,
  ];
}

function cpuClaim(cpus: number | null, limits: HeldLimits): FloorClaim {
  const proof =
    cpus === null
      ? 'the kernel does not tell how much of the processors it gives out'
      : `the kernel gives out ${cpus} of the processors where ${limits.cpus} were asked for`;
  return { claim: 'limits.cpu', state: cpus === null ? 'unsupported' : cpus === limits.cpus ? 'proved' : 'refuted', proof };
}

/** Nothing holds it: the engine is asked what was written, and who wrote too much is ended. */
async function diskClaim(engine: Engine, container: string): Promise<FloorClaim> {
  const before = await diskBytesOf(engine, container);
  const script = 'head -c "$1" /dev/urandom >/tmp/jidoka-canary';
  await execute(engine, container, { argv: ['/bin/sh', '-c', script, 'sh', String(writtenBytes)], user: jobUser.text });
  const seen = (await diskBytesOf(engine, container)) - before;
  return {
    claim: 'limits.disk',
    state: seen >= writtenBytes ? 'proved' : 'refuted',
    proof: `of ${writtenBytes} bytes written the engine saw ${seen}; it is watched, so that more can be written between two looks`,
  };
}
