import { randomInt } from 'node:crypto';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Limits, ProcessResult } from '../../../core/ports/floor.ts';
import { startProcess } from '../spawn/spawn.ts';
import { forkScript, hogProgram } from './canaries.ts';
import type { LimiterOptions } from './index.ts';
import { proveRlimits, rlimits } from './rlimits.ts';

const mib = 1024 ** 2;
const path = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const limits: Limits = { memoryBytes: 256 * mib, cpus: 1, processes: 20, diskBytes: mib };
const asRoot = process.getuid?.() === 0;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-rlimits-'));
  await chmod(root, 0o777);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A user of its own where the factory is root: processes are counted by user. */
function options(): LimiterOptions {
  const id = 0x4000_0000 + randomInt(1_000_000);
  return asRoot ? { root, path, user: { uid: id, gid: id }, userPerJob: true } : { root, path, user: null };
}

async function run(argv: readonly [string, ...string[]], given = options()): Promise<Pick<ProcessResult, 'exit' | 'stdout' | 'stderr'>> {
  const group = await (await rlimits(given)).group('job', limits);
  const running = startProcess({ argv: group.enclose(argv), cwd: root, env: { PATH: path }, user: given.user });
  const exit = await running.ended;
  onTestFinished(() => endGroup(running.group));
  return { exit, ...(await running.collect()) };
}

/** A limit of each process ends nobody. */
function endGroup(group: number | null): void {
  try {
    if (group !== null) process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

const node = (program: string) => [process.execPath, '-e', program] as const;

test('Node.js runs within a quarter of a gibibyte, and is refused more than that', async () => {
  expect(await run(node(hogProgram({ wantedBytes: 64 * mib, touch: true })))).toMatchObject({ stdout: 'begun\nhad it\n', stderr: '' });
  const { exit, stdout } = await run(node(hogProgram({ wantedBytes: 512 * mib, touch: false })));
  expect(stdout).toBe('begun\n');
  // By an error that it may catch, or by the end of it, as the allocation was that was one too many.
  expect(exit).not.toEqual({ kind: 'exited', code: 0 });
});

test('a file longer than the disk that is allowed is refused', async () => {
  const { exit } = await run(['/bin/sh', '-c', 'exec head -c 3000000 /dev/zero >long']);
  expect(exit).toEqual({ kind: 'signalled', signal: 'SIGXFSZ' });
  expect((await stat(join(root, 'long'))).size).toBe(mib);
});

test('no command can raise its limits again, and none leaves a core', async () => {
  const { stdout } = await run([
    '/bin/sh',
    '-c',
    'ulimit -H -d; ulimit -H -f; ulimit -H -c; ulimit -d unlimited 2>/dev/null && echo raised',
  ]);
  // What Node.js reserves comes on top of what is allowed.
  expect(Number(/^\d+/.exec(stdout)?.[0])).toBeGreaterThanOrEqual(256 * 1024);
  expect(stdout).toMatch(/^\d+\n2048\n0\n$/);
});

test('a limit that is lower already is no reason not to start', async () => {
  const group = await (await rlimits(options())).group('job', limits);
  const argv = ['/bin/sh', '-c', 'ulimit -f 100; exec "$@"', 'sh', ...group.enclose(['/bin/sh', '-c', 'ulimit -f'])] as const;
  const running = startProcess({ argv, cwd: root, env: { PATH: path }, user: options().user });
  expect(await running.ended).toEqual({ kind: 'exited', code: 0 });
  expect(await running.collect()).toMatchObject({ stdout: '100\n' });
});

test.runIf(asRoot)('where each job is a user of its own, its processes are counted together', async () => {
  const given = options();
  const { exit, stdout } = await run(['/bin/sh', '-c', `${forkScript(500)}; kill $(jobs -p)`], given);
  expect(stdout).toBe('');
  expect(exit).toEqual({ kind: 'exited', code: 2 });
  const claims = await proveRlimits(await rlimits(options()), options(), ['nothing better']);
  expect(claims.map(({ claim, state }) => [claim, state])).toEqual([
    ['limits.memory', 'unsupported'],
    ['limits.processes', 'proved'],
    ['limits.cpu', 'unsupported'],
  ]);
});

test('what is held of a workspace is not claimed, and what each process was refused is said', async () => {
  const given = { ...options(), userPerJob: false };
  const claims = await proveRlimits(await rlimits(given), given, ['cgroup v2: not mounted here']);
  expect(claims.map(({ state }) => state)).toEqual(['unsupported', 'unsupported', 'unsupported']);
  expect(claims[0]?.proof).toContain('512 MiB where 256 were allowed was refused it (cgroup v2: not mounted here)');
  expect(claims[1]?.proof).toContain('counted by user');
});
