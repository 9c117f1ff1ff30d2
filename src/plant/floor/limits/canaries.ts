import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { FloorClaim, Limits, ProcessExit } from '../../../core/ports/floor.ts';
import { startProcess } from '../spawn/spawn.ts';
import type { Running, Start } from '../spawn/spawn.ts';
import { canaryName, isDeadCanary } from './canary-names.ts';
import type { Cgroup } from './cgroup.ts';
import type { Cgroups } from './cgroup-limiter.ts';
import type { LimiterOptions } from './limiter.ts';

/** What canaries showed of groups, in the order memory, processes, cpu. */
export type Shown = readonly Pick<FloorClaim, 'claim' | 'state' | 'proof'>[];

const mib = 1024 ** 2;
/** What a canary may use that is not about the limit in question. */
const roomy: Limits = { memoryBytes: 512 * mib, cpus: 64, processes: 256, diskBytes: mib };
/** How long a canary may take, in milliseconds. */
const deadlineMs = 30_000;
const pollMs = 20;
/** How often the canary of the processors must be held back. */
const enoughTimes = 2;

const tight = { memoryBytes: 128 * mib, wantedBytes: 256 * mib, processes: 6, wantedProcesses: 12, cpus: 0.05 };

/** Sends programs into groups that want more than they may have, and looks what becomes of them. */
export async function sendCanaries(cgroups: Cgroups, options: LimiterOptions): Promise<Shown> {
  const held = await Promise.allSettled([memoryCanary, processesCanary, cpuCanary].map((canary) => canary(cgroups, options)));
  const names = ['limits.memory', 'limits.processes', 'limits.cpu'] as const;
  return names.map((claim, index) => {
    const outcome = held[index];
    if (outcome?.status === 'fulfilled') return { claim, ...outcome.value };
    return { claim, state: 'refuted', proof: String(outcome?.reason instanceof Error ? outcome.reason.message : outcome?.reason) };
  });
}

/** Removes the groups of canaries whose senders were killed. */
export async function sweepCanaries(cgroups: Cgroups, jobs: readonly string[]): Promise<void> {
  for (const job of jobs) {
    if (!(await isDeadCanary(job))) continue;
    // One that cannot be removed is no reason to open no workspace: the next life tries again.
    await cgroups.remove(job).catch(() => undefined);
  }
}

type Verdict = Pick<FloorClaim, 'state' | 'proof'>;

/** Takes memory piece by piece, and touches it, for what is not touched is not counted. */
export function hogProgram({ wantedBytes, touch }: { readonly wantedBytes: number; readonly touch: boolean }): string {
  const piece = `const one = new Uint8Array(${8 * mib}); ${touch ? 'one.fill(1);' : ''} all.push(one);`;
  return `console.log('begun'); const all = []; for (let had = 0; had < ${wantedBytes}; had += ${8 * mib}) { ${piece} } console.log('had it');`;
}

function memoryCanary(cgroups: Cgroups, options: LimiterOptions): Promise<Verdict> {
  const limits = { ...roomy, memoryBytes: tight.memoryBytes };
  return within(cgroups, limits, async (group) => {
    const argv = group.enclose([process.execPath, '-e', hogProgram({ wantedBytes: tight.wantedBytes, touch: true })]);
    const running = start(argv, options);
    const ended = await Promise.race([running.ended, wait(deadlineMs, null, { ref: false })]);
    await group.end();
    const hit = await group.exceeded();
    const { stdout, stderr } = await running.collect();
    const said = `${stdout}${stderr}`.trim().split('\n').slice(0, 3).join(' | ');
    const proved = hit === 'memory' && stdout.startsWith('begun') && !stdout.includes('had it');
    const wanted = `a program wanted ${tight.wantedBytes / mib} MiB where ${tight.memoryBytes / mib} were allowed`;
    const became = `it said "${said}" and ${howEnded(ended)}; the kernel counted ${hit ?? 'nothing'}`;
    return { state: proved ? 'proved' : 'refuted', proof: `${wanted}: ${became}` };
  });
}

function howEnded(exit: ProcessExit | null): string {
  if (exit === null) return 'did not end';
  return exit.kind === 'signalled' ? `ended by ${exit.signal}` : exit.kind === 'exited' ? `exited with ${exit.code}` : exit.kind;
}

function processesCanary(cgroups: Cgroups, options: LimiterOptions): Promise<Verdict> {
  const limits = { ...roomy, processes: tight.processes };
  return within(cgroups, limits, async (group) => {
    const running = start(group.enclose(['/bin/sh', '-c', forkScript(tight.wantedProcesses)]), options);
    await Promise.race([running.ended, wait(deadlineMs, undefined, { ref: false })]);
    const { processes } = await group.usage();
    const hit = await group.exceeded();
    const ended = await group.end();
    await running.ended;
    const proved = hit === 'processes' && processes !== null && processes <= tight.processes && ended > 0;
    const wanted = `a program wanted ${tight.wantedProcesses} processes where ${tight.processes} were allowed`;
    return {
      state: proved ? 'proved' : 'refuted',
      proof: `${wanted}: there were ${processes}, of which ${ended} were ended; the kernel counted ${hit ?? 'nothing'}`,
    };
  });
}

/** Starts processes that stay, and ends. */
export function forkScript(count: number): string {
  return `i=0; while [ $i -lt ${count} ]; do sleep 60 >/dev/null 2>&1 & i=$((i+1)); done; echo 'had them'`;
}

function cpuCanary(cgroups: Cgroups, options: LimiterOptions): Promise<Verdict> {
  return within(cgroups, { ...roomy, cpus: tight.cpus }, async (group) => {
    if ((await group.heldBack()) === null) return { state: 'unsupported', proof: 'the kernel does not hand on its processors here' };
    const begun = performance.now();
    const passedMs = (): number => performance.now() - begun;
    start(group.enclose(['/bin/sh', '-c', 'while :; do :; done']), options);
    // On a busy machine it may take a while to get even what it may have.
    while (((await group.heldBack()) ?? 0) < enoughTimes && passedMs() < deadlineMs) await wait(pollMs);
    const [{ cpuMs }, heldBack, tookMs] = [await group.usage(), (await group.heldBack()) ?? 0, passedMs()];
    await group.end();
    const proved = heldBack >= enoughTimes && (cpuMs === null || cpuMs < tookMs / 2);
    const got = `a loop that may use ${tight.cpus} of a processor got ${cpuMs?.toFixed(0) ?? 'uncounted'} ms in ${tookMs.toFixed(0)} ms`;
    return { state: proved ? 'proved' : 'refuted', proof: `${got}, and was held back ${heldBack} times` };
  });
}

/** Does something in a group of its own, which is gone afterwards. */
async function within(cgroups: Cgroups, limits: Limits, act: (group: Cgroup) => Promise<Verdict>): Promise<Verdict> {
  const group = await cgroups.group(await canaryName(), limits);
  try {
    return await act(group);
  } finally {
    await group.end();
    await group.remove();
  }
}

/** As the factory's user, as it is before any change of user. */
function start(argv: Start['argv'], { root, path }: LimiterOptions): Running {
  return startProcess({ argv, cwd: root, env: { PATH: path }, user: null });
}
