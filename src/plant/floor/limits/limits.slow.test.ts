import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, assert, describe, expect, test } from 'vitest';
import { isRunning } from '../../../../kit/floor/index.ts';
import type { Limits, ProcessResult } from '../../../core/ports/floor.ts';
import { startProcess } from '../spawn/spawn.ts';
import type { Running } from '../spawn/spawn.ts';
import { hogProgram } from './canaries.ts';
import { findLimiter, notEnclosed } from './index.ts';
import type { LimitGroup } from './index.ts';
import { recordsFolder, recordsIn } from './records.ts';

const mib = 1024 ** 2;
const path = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const roomy: Limits = { memoryBytes: 512 * mib, cpus: 64, processes: 512, diskBytes: 2 ** 30 };

const root = await mkdtemp(join(tmpdir(), 'jidoka-limits-'));
await chmod(root, 0o711);
const limiter = await findLimiter({ root, user: null, path });
const grouped = limiter.method !== 'rlimits';
const groups = new Map<string, LimitGroup>();
/** Jobs that are known to have a group, in whatever life. */
const known = recordsIn(recordsFolder(root)).jobs;

afterEach(async () => {
  for (const [job, group] of groups) {
    await group.end();
    await group.remove();
    groups.delete(job);
  }
  assert.deepEqual(await known(), []);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function newGroup(some: Partial<Limits> = {}, job: string = randomUUID()): Promise<LimitGroup> {
  const group = await limiter.group(job, { ...roomy, ...some });
  groups.set(job, group);
  return group;
}

type Argv = readonly [string, ...string[]];

function start(group: LimitGroup, argv: Argv): Running {
  return startProcess({ argv: group.enclose(argv), cwd: '/', env: { PATH: path }, user: null });
}

async function run(group: LimitGroup, argv: Argv): Promise<Pick<ProcessResult, 'exit' | 'stdout' | 'stderr'>> {
  const running = start(group, argv);
  const exit = await running.ended;
  return { exit, ...(await running.collect()) };
}

const node = (program: string): Argv => [process.execPath, '-e', program];
const sh = (script: string): Argv => ['/bin/sh', '-c', script];
const hog = (wantedBytes: number): Argv => node(hogProgram({ wantedBytes, touch: true }));

test('each claim says what a canary saw', () => {
  expect(limiter.claims.map(({ claim }) => claim)).toEqual(['limits.memory', 'limits.processes', 'limits.cpu', 'limits.disk']);
  const states = Object.fromEntries(limiter.claims.map(({ claim, state }) => [claim, state]));
  expect(states['limits.disk']).toBe('proved');
  // Where there are no groups, nothing that needs them is claimed.
  const state = grouped ? 'proved' : 'unsupported';
  expect(states).toMatchObject({ 'limits.memory': state, 'limits.processes': state });
  expect(states['limits.cpu']).toMatch(grouped ? /^(proved|unsupported)$/ : /^unsupported$/);
  for (const { proof } of limiter.claims) expect(proof).toMatch(/allowed|may use|counted by user|part of a processor/);
});

test('a machine without groups says of both versions why', () => {
  const reasons = limiter.claims.map(({ proof }) => proof).join('\n');
  expect(/cgroup v2: |cgroup v2 below .*: /.test(reasons) && /cgroup v1: |cgroup v1 below .*: /.test(reasons)).toBe(!grouped);
});

test('root gets groups wherever cgroups can be written', async () => {
  const own = await readFile('/proc/self/cgroup', 'utf8');
  const asRoot = process.getuid?.() === 0;
  // A required lane: were groups not found here, everything below would be skipped.
  expect(
    grouped || !asRoot || /EROFS|EACCES|EPERM|not mounted|no hierarchy/.test(JSON.stringify(limiter.claims)),
    `${JSON.stringify(limiter.claims)} in ${own}`,
  ).toBe(true);
});

describe.runIf(grouped)('memory', () => {
  test('a program of Node.js that wants more ends within its group, and its neighbour lives', async () => {
    const neighbour = await newGroup();
    const living = start(
      neighbour,
      node("process.on('SIGTERM', () => { console.log('lived'); process.exit(); }); setInterval(() => {}, 9e6); console.log('up')"),
    );
    const tight = await newGroup({ memoryBytes: 128 * mib });
    const { exit, stdout } = await run(tight, hog(400 * mib));
    expect(exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    expect(stdout).toBe('begun\n');
    expect(await tight.exceeded()).toBe('memory');
    expect(await neighbour.exceeded()).toBeNull();
    process.kill(living.group ?? 0, 'SIGTERM');
    expect(await living.ended).toEqual({ kind: 'exited', code: 0 });
  });

  test('several programs of a shell are counted together', async () => {
    const tight = await newGroup({ memoryBytes: 96 * mib });
    // Each alone would fit.
    const { exit } = await run(tight, sh('for i in 1 2 3; do (head -c 64m /dev/zero | tail -c 64m; sleep 1) & done; wait; echo done'));
    expect(await tight.exceeded()).toBe('memory');
    expect(exit.kind).toMatch(/exited|signalled/);
    const roomier = await newGroup({ memoryBytes: 400 * mib });
    expect(
      (await run(roomier, sh('for i in 1 2 3; do head -c 64m /dev/zero | tail -c 64m >/dev/null & done; wait; echo done'))).stdout,
    ).toBe('done\n');
    expect(await roomier.exceeded()).toBeNull();
  });

  test('that was exceeded is told once, in whatever life it is asked', async () => {
    const job = randomUUID();
    const first = await newGroup({ memoryBytes: 128 * mib }, job);
    await run(first, hog(400 * mib));
    expect(await (await newGroup({ memoryBytes: 128 * mib }, job)).exceeded()).toBe('memory');
    expect(await (await newGroup({ memoryBytes: 128 * mib }, job)).exceeded()).toBeNull();
  });

  test('that is allowed later counts from then on', async () => {
    const job = randomUUID();
    await newGroup({ memoryBytes: 128 * mib }, job);
    const raised = await newGroup({ memoryBytes: 600 * mib }, job);
    expect((await run(raised, hog(256 * mib))).stdout).toContain('had it');
    const lowered = await newGroup({ memoryBytes: 128 * mib }, job);
    expect((await run(lowered, hog(256 * mib))).exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });

  test.runIf(process.getuid?.() === 0)('holds after a change of user', async () => {
    const tight = await newGroup({ memoryBytes: 128 * mib });
    const user = ['setpriv', '--reuid=1073741827', '--regid=1073741827', '--clear-groups', '--'] as const;
    const { exit, stdout } = await run(tight, [
      ...user,
      ...node(`console.log(process.getuid()); ${hogProgram({ wantedBytes: 400 * mib, touch: true })}`),
    ]);
    expect({ exit, stdout }).toEqual({ exit: { kind: 'signalled', signal: 'SIGKILL' }, stdout: '1073741827\nbegun\n' });
  });
});

describe.runIf(grouped)('processes', () => {
  test('five hundred forks are held, and the host goes on', async () => {
    const tight = await newGroup({ processes: 40 });
    const neighbour = await newGroup();
    const fork =
      'for (let i = 0; i < 500; i += 1) { const one = spawn("sleep", ["60"], { detached: true }); one.on("error", () => refused += 1); one.unref(); }';
    const bomb = start(
      tight,
      node(
        `const { spawn } = require('child_process'); let refused = 0; ${fork} setTimeout(() => { console.log(refused); process.exit(); }, 500)`,
      ),
    );
    expect((await run(neighbour, sh('for i in 1 2 3 4 5 6 7 8; do sleep 0.1 & done; wait; echo went on'))).stdout).toBe('went on\n');
    await bomb.ended;
    const { processes } = await tight.usage();
    expect(processes).toBeGreaterThan(5);
    expect(processes).toBeLessThanOrEqual(40);
    expect(await tight.exceeded()).toBe('processes');
    expect(await neighbour.exceeded()).toBeNull();
    const ended = await tight.end();
    expect(Number((await bomb.collect()).stdout)).toBeGreaterThan(400);
    expect(ended).toBeGreaterThan(5);
    // That nothing could start while it ended is not held against it.
    expect(await tight.exceeded()).toBeNull();
  });
});

describe.runIf(grouped && limiter.claims.some(({ claim, state }) => claim === 'limits.cpu' && state === 'proved'))('processors', () => {
  test('a loop that may use half of one gets about half, and two share it', async () => {
    const loop = node(
      'const until = performance.now() + 2000; while (performance.now() < until); const { user, system } = process.cpuUsage(); console.log((user + system) / 1000 / performance.now())',
    );
    const half = Number((await run(await newGroup({ cpus: 0.5 }), loop)).stdout);
    expect(half).toBeLessThan(0.75);
    expect(half).toBeGreaterThan(0.15);
    const two = await newGroup({ cpus: 0.5 });
    const both = await Promise.all([run(two, loop), run(two, loop)]);
    // Together, not each.
    expect(both.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBeLessThan(0.75);
  });
});

describe.runIf(grouped)('the end of a group', () => {
  test('takes daemons that forked twice into sessions of their own, and lets new ones start afterwards', async () => {
    const group = await newGroup();
    const daemon = 'trap : TERM HUP INT; echo $$ >&3; setsid sleep 600 & while :; do sleep 600; done';
    const { stdout } = await run(group, sh(`exec 3>&1; for i in 1 2 3; do (setsid sh -c '${daemon}' >/dev/null 2>&1 &) ; done; sleep 1`));
    const pids = stdout.trim().split('\n').map(Number);
    expect(pids).toHaveLength(3);
    await expect.poll(async () => (await group.usage()).processes, { timeout: 20_000 }).toBe(9);
    expect(pids.map(isRunning)).toEqual([true, true, true]);
    expect(await group.end()).toBe(9);
    expect(pids.map(isRunning)).toEqual([false, false, false]);
    // Ends that meet are no lasting end either.
    expect(await Promise.all([group.end(), group.end(), group.end()])).toEqual([0, 0, 0]);
    expect((await run(group, sh('echo again'))).stdout).toBe('again\n');
  });

  test('takes what goes on forking', async () => {
    const group = await newGroup();
    start(group, sh('while :; do (setsid sh -c "while :; do sleep 0.01 & wait; done" &); sleep 0.01; done >/dev/null 2>&1'));
    await expect.poll(async () => (await group.usage()).processes, { timeout: 20_000 }).toBeGreaterThan(10);
    // What has ended and was not yet collected counts above, and needs no end.
    expect(await group.end()).toBeGreaterThan(0);
    await expect.poll(async () => (await group.usage()).processes, { timeout: 20_000 }).toBe(0);
  });

  test('must come before it is removed: what still runs in it is named', async () => {
    const group = await newGroup();
    // It is in all of the group once it says something.
    const said = new EventEmitter();
    const argv = group.enclose(sh('echo in it; exec sleep 600'));
    const running = startProcess({ argv, cwd: '/', env: { PATH: path }, user: null, onOutput: () => said.emit('something') });
    await once(said, 'something');
    await expect(group.remove()).rejects.toMatchObject({
      code: 'workspace-failed',
      message: expect.stringContaining(String(running.group)),
    });
    expect((await run(group, sh('echo usable'))).stdout).toBe('usable\n');
  });

  test('and its removal leave a start that knows it nothing to join', async () => {
    const group = await limiter.group('gone', roomy);
    const argv = group.enclose(sh('echo started'));
    await group.end();
    await group.remove();
    const ended = await run({ ...group, enclose: () => argv }, ['unused']);
    expect(ended.stdout).toBe('');
    expect(notEnclosed(ended)).toBe('the group of the workspace cannot be joined');
    expect(await group.exceeded()).toBeNull();
    expect(await group.usage()).toEqual({ cpuMs: null, memoryPeakBytes: null, processes: null });
    expect(await group.end()).toBe(0);
    await group.remove();
  });
});

describe.runIf(grouped)('what was used', () => {
  test('is counted over all commands, also of those that ended', async () => {
    const group = await newGroup();
    const begun = performance.now();
    const work = `${hogProgram({ wantedBytes: 80 * mib, touch: true })} const until = performance.now() + 300; while (performance.now() < until);`;
    await run(group, node(work));
    const first = await group.usage();
    await run(group, node(work));
    const twice = await group.usage();
    expect(first.memoryPeakBytes === null || first.memoryPeakBytes > 80 * mib).toBe(true);
    expect(first.cpuMs).toBeGreaterThan(30);
    expect(twice.cpuMs).toBeGreaterThan((first.cpuMs ?? 0) + 30);
    expect(twice.cpuMs).toBeLessThan((performance.now() - begun) * 16);
    expect(twice.processes).toBe(0);
  });
});

describe.runIf(grouped)('a group whose maker was killed', () => {
  test('is found by its job with what runs in it, and is removed with that', async () => {
    const job = `a life / ${randomUUID()}.`;
    const maker = await otherLife(job);
    expect(await known()).toEqual([job]);
    maker.kill('SIGKILL');
    await once(maker, 'exit');
    const found = await newGroup({}, job);
    expect((await found.usage()).processes).toBe(1);
    for (let round = 0; round < 2; round += 1) await limiter.remove(job);
    expect((await found.usage()).processes).toBeNull();
    expect(await known()).toEqual([]);
  });

  test("is removed by the next search for a limiter where it was a canary's", async () => {
    const canary = await newGroup({}, 'canary 1 an-earlier-boot x');
    start(canary, ['sleep', '600']);
    await expect.poll(async () => (await canary.usage()).processes, { timeout: 20_000 }).toBe(1);
    expect((await findLimiter({ root, user: null, path })).method).toBe(limiter.method);
    expect((await canary.usage()).processes).toBeNull();
  });
});

/** Another process of the factory, that made a group with a daemon in it; node before 22 does not read TypeScript, so vite loads it. */
async function otherLife(job: string): Promise<ReturnType<typeof spawn>> {
  const program = join(root, 'life.mjs');
  const room = JSON.stringify(join(import.meta.dirname, 'index.ts'));
  await writeFile(
    program,
    `
    import { spawnSync } from 'node:child_process';
    import { createViteServer } from ${JSON.stringify(import.meta.resolve('vitest/node'))};
    const vite = await createViteServer({ configFile: false, cacheDir: ${JSON.stringify(join(root, '.vite'))}, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
    const { findLimiter } = await vite.ssrLoadModule(${room});
    const limiter = await findLimiter(${JSON.stringify({ root, user: null, path })});
    if (limiter.method !== ${JSON.stringify(limiter.method)}) throw new Error(JSON.stringify(limiter.claims));
    const group = await limiter.group(${JSON.stringify(job)}, ${JSON.stringify(roomy)});
    const [file, ...args] = group.enclose(['/bin/sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 </dev/null &']);
    spawnSync(file, args);
    console.log('made');
    setInterval(() => undefined, 9e6);
  `,
  );
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaint = text(child.stderr);
  for await (const line of createInterface(child.stdout)) if (line === 'made') return child;
  throw new Error(`The other life made no group: ${await complaint}`);
}
