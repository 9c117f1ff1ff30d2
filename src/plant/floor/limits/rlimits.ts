import { setTimeout as wait } from 'node:timers/promises';
import type { Limits } from '../../../core/ports/floor.ts';
import { startProcess } from '../spawn/spawn.ts';
import type { Running } from '../spawn/spawn.ts';
import { forkScript, hogProgram } from './canaries.ts';
import type { Shown } from './canaries.ts';
import { prefixed } from './join-script.ts';
import type { Limiter, LimiterOptions } from './limiter.ts';

type Rlimits = Pick<Limiter, 'method' | 'group' | 'remove'>;
type Output = Awaited<ReturnType<Running['collect']>>;

const mib = 1024 ** 2;
const deadlineMs = 30_000;
const tight = { memoryBytes: 256 * mib, wantedBytes: 512 * mib, processes: 6, wantedProcesses: 12 };

/** Limits of each process, which every Unix has. They are neither counted nor held together, but for the processes of one user. */
export async function rlimits(options: LimiterOptions): Promise<Rlimits> {
  const reservedBytes = await reservedByNode(options);
  const complaint = 'the limits of the workspace cannot be set';
  return {
    method: 'rlimits',
    group: async (_, limits) => {
      const steps = stepsOf({ ...limits, memoryBytes: limits.memoryBytes + reservedBytes }, options.userPerJob === true);
      return {
        enclose: (argv) => prefixed(steps, complaint, argv),
        usage: async () => ({ cpuMs: null, memoryPeakBytes: null, processes: null }),
        exceeded: async () => null,
        end: async () => 0,
        remove: async () => undefined,
      };
    },
    remove: async () => undefined,
  };
}

/**
 * What Node.js reserves as data before it does anything, in bytes: 48 MiB up to version 22, 560 in version 24. It comes on
 * top of what is allowed, for with less it does not start.
 */
async function reservedByNode(options: LimiterOptions): Promise<number> {
  const { stdout } = await outputOf([process.execPath, '-p', "require('fs').readFileSync('/proc/self/status', 'utf8')"], options);
  const [, kilobytes] = /^VmData:\s+(\d+) kB$/m.exec(stdout) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}

/**
 * Not the size of the address space, of which Node.js reserves gigabytes, but what is `data` to Linux: all that a process
 * may write, its threads' stacks counted whole. A limit that cannot be set is one that is lower already.
 */
function stepsOf({ memoryBytes, diskBytes, processes }: Limits, userPerJob: boolean): readonly string[] {
  const kilobytes = Math.max(1, Math.floor(memoryBytes / 1024));
  const blocks = Math.max(1, Math.floor(diskBytes / 512));
  const ofUser = userPerJob ? [`ulimit -u ${processes} || ulimit -p ${processes}`] : [];
  return ['ulimit -c 0', `ulimit -d ${kilobytes}`, `ulimit -f ${blocks}`, ...ofUser].map((step) => `{ ${step} || :; }`);
}

/** What limits per process hold, by canaries of the user that commands run as; `lacking` says why there is nothing better. */
export async function proveRlimits(limiter: Rlimits, options: LimiterOptions, lacking: readonly string[]): Promise<Shown> {
  const [memory, processes] = await Promise.all([memoryCanary(limiter, options), processesCanary(limiter, options)]);
  return [
    {
      claim: 'limits.memory',
      state: 'unsupported',
      proof: `each process is limited for itself, and not all of a workspace together: ${memory} (${lacking.join('; ')})`,
    },
    { claim: 'limits.processes', ...processes },
    { claim: 'limits.cpu', state: 'unsupported', proof: 'a process cannot be limited to a part of a processor' },
  ];
}

async function memoryCanary(limiter: Rlimits, options: LimiterOptions): Promise<string> {
  const group = await limiter.group('canary', limitsWith({ memoryBytes: tight.memoryBytes }));
  const hog = hogProgram({ wantedBytes: tight.wantedBytes, touch: false });
  const { stdout, stderr } = await outputOf(group.enclose([process.execPath, '-e', hog]), options);
  const failed = `did not begin: ${stderr.trim().slice(0, 200)}`;
  const became = stdout.includes('had it') ? 'got it' : stdout.includes('begun') ? 'was refused it' : failed;
  return `one that wanted ${tight.wantedBytes / mib} MiB where ${tight.memoryBytes / mib} were allowed ${became}`;
}

async function processesCanary(limiter: Rlimits, options: LimiterOptions): Promise<Omit<Shown[number], 'claim'>> {
  if (options.userPerJob !== true) {
    return { state: 'unsupported', proof: 'processes are counted by user, and the user of commands is not theirs alone' };
  }
  const group = await limiter.group('canary', limitsWith({ processes: tight.processes }));
  const { stdout, stderr } = await outputOf(group.enclose(['/bin/sh', '-c', forkScript(tight.wantedProcesses)]), options);
  const had = stdout.includes('had them');
  const wanted = `a user that wanted ${tight.wantedProcesses} processes where ${tight.processes} were allowed`;
  return { state: had ? 'refuted' : 'proved', proof: `${wanted} ${had ? 'got them' : `was refused: ${stderr.trim().slice(0, 200)}`}` };
}

function limitsWith(some: Partial<Limits>): Limits {
  return { memoryBytes: 1024 * mib, cpus: 64, processes: 1024, diskBytes: mib, ...some };
}

async function outputOf(argv: readonly [string, ...string[]], { root, path, user }: LimiterOptions): Promise<Output> {
  const running = startProcess({ argv, cwd: root, env: { PATH: path }, user });
  await Promise.race([running.ended, wait(deadlineMs, undefined, { ref: false })]);
  try {
    // All of its group: what it started may go on.
    if (running.group !== null) process.kill(-running.group, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
  return running.collect();
}
