import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import type { AttachOptions, Command, ProcessRef, ProcessResult, Workspace } from '../../src/core/ports/floor.ts';
import { isRunning } from './is-running.ts';
import { keeperOf, localOutlook } from './outlook.ts';
import type { Outlook } from './outlook.ts';

/** Starts a script of sh in a workspace. */
export function startSh(workspace: Workspace, script: string, more: Partial<Command> = {}): Promise<ProcessRef> {
  return workspace.start({ ...shell(script), ...more });
}

/** A script of sh that needs no network. */
export function shell(script: string): Command {
  return { argv: ['sh', '-c', script], cwd: '', timeoutMs: 60_000, network: 'none' };
}

/** Waits for a started command that is expected to be there. */
export async function attached(workspace: Workspace, ref: ProcessRef, more: Partial<AttachOptions> = {}): Promise<ProcessResult> {
  const result = await workspace.attach(ref, { timeoutMs: 60_000, signal: new AbortController().signal, ...more });
  if (result === 'gone') throw new Error('the started command is gone');
  return result;
}

/** The pids of processes that wrote their own into files, once all of them are there, as this machine knows them. */
export async function pidsIn(workspace: Workspace, paths: readonly string[], outlook: Outlook = localOutlook): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const path of paths) {
    await expect.poll(() => workspace.files.read(path), { timeout: 10_000 }).toMatch(/^\d+\n$/);
    pids.push(await outlook.pidOf(Number(await workspace.files.read(path)), workspace));
  }
  return pids;
}

/**
 * A tree that does not want to end: a shell, a child in the background, one in a session of its own and one that forked
 * away from its parent; none of them heeds the polite signal.
 */
export const stubbornTree = {
  pids: ['shell.pid', 'child.pid', 'session.pid', 'orphan.pid'],
  script: [
    "trap '' TERM HUP INT",
    'on() { echo $$ > $1.tmp; mv $1.tmp $1.pid; }',
    'on shell',
    `sh -c 'trap "" TERM; echo $$ > c; mv c child.pid; while :; do sleep 0.2; done' &`,
    `setsid sh -c 'trap "" TERM; echo $$ > s; mv s session.pid; while :; do sleep 0.2; done' &`,
    `(setsid sh -c 'trap "" TERM; echo $$ > o; mv o orphan.pid; while :; do sleep 0.2; done' &)`,
    'while :; do sleep 0.2; done',
  ].join('\n'),
} as const;

/** Ends well when it is told to, and leaves a child in the background and one in a session of its own. */
export const leavesBehind = {
  pids: ['behind.pid', 'away.pid'],
  script: 'sleep 60 & echo $! > behind.pid; setsid sleep 60 & echo $! > away.pid; while [ ! -e go ]; do sleep 0.05; done',
} as const;

/** The longest that a whole tree may take to end once nobody wants it, in milliseconds. */
const longestEndMs = 2_000;

/** The promises of commands that live on without whoever started them, as one process sees them. */
export function startedContract({ workspace, outlook, tellsSignals }: StartedGiven): void {
  describe('started commands', () => {
    results(workspace, tellsSignals);
    limits(workspace, outlook);
    withdrawals(workspace, outlook);
  });
}

export interface StartedGiven {
  readonly workspace: () => Workspace;
  readonly outlook: () => Outlook;
  readonly tellsSignals: () => boolean;
}

function results(workspace: () => Workspace, tellsSignals: () => boolean): void {
  test('whoever attaches is told both streams and the code, as often as he asks', async () => {
    await workspace().files.write('deep/er/x', 'x');
    const ref = await startSh(workspace(), 'pwd; echo oops >&2; sleep 0.1; exit 3', { cwd: 'deep/er' });
    const both = await Promise.all([attached(workspace(), ref), attached(workspace(), ref)]);
    for (const result of [...both, await attached(workspace(), ref)]) {
      expect(result.exit).toEqual({ kind: 'exited', code: 3 });
      expect(result.stdout).toMatch(/\/deep\/er\n$/);
      expect(result.stderr).toBe('oops\n');
      expect(result.durationMs).toBeGreaterThanOrEqual(100);
    }
    expect(JSON.parse(JSON.stringify(ref))).toEqual(ref);
  });

  test('a signal is told from a code that looks like one, where the floor can', async () => {
    const killed = await startSh(workspace(), 'kill -KILL $$');
    const coded = await startSh(workspace(), 'exit 137');
    expect((await attached(workspace(), killed)).exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    const asCode = tellsSignals() ? { kind: 'exited', code: 137 } : { kind: 'signalled', signal: 'SIGKILL' };
    expect((await attached(workspace(), coded)).exit).toEqual(asCode);
  });

  test('a program or a folder that does not exist is not started, as its result says', async () => {
    const program = await workspace().start({ ...shell(''), argv: ['no-such-tool'] });
    const folder = await startSh(workspace(), 'true', { cwd: 'nowhere' });
    expect((await attached(workspace(), program)).exit.kind).toBe('not-started');
    expect((await attached(workspace(), folder)).exit.kind).toBe('not-started');
    await expect(startSh(workspace(), 'true', { cwd: '..' })).rejects.toMatchObject({ code: 'workspace-failed' });
  });

  test('it runs as the same user with the same variables and rights as a command that is waited for', async () => {
    const script = 'id -u; id -g; umask; ulimit -a; echo "$GREETING"; env | grep -v "^JIDOKA_JOB=" | sort; cat; exit 0';
    const more = { env: { GREETING: 'hello' } };
    const spawned = await workspace().spawn({ ...shell(script), ...more });
    const started = await attached(workspace(), await startSh(workspace(), script, more));
    expect(started.stdout).toBe(spawned.stdout);
    expect(started.stdout).toContain('\nhello\n');
  });

  test('long output keeps its beginning and its end', async () => {
    const ref = await startSh(workspace(), 'echo first; i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done; echo last');
    const result = await attached(workspace(), ref, { maxOutputBytes: 1000 });
    expect(result.truncated).toBe(true);
    expect(result.stdout.length).toBeLessThan(1100);
    expect(result.stdout).toMatch(/^first\n[\s\S]*bytes cut[\s\S]*last\n$/);
    expect((await attached(workspace(), ref)).truncated).toBe(false);
  });

  test('what nobody started is gone', async () => {
    const ref = await startSh(workspace(), 'true');
    await attached(workspace(), ref);
    const options = { timeoutMs: 1_000, signal: new AbortController().signal };
    expect(await workspace().attach({ ...ref, id: '00000000-0000-4000-8000-000000000000' }, options)).toBe('gone');
    expect(await workspace().attach({ ...ref, id: '../../../etc' }, options)).toBe('gone');
  });
}

function limits(workspace: () => Workspace, outlook: () => Outlook): void {
  test('its time is counted from its start, and at its end nothing of it runs', async () => {
    const ref = await startSh(workspace(), 'echo begun; sleep 60');
    const keeper = await keeperOf(outlook(), ref, workspace());
    // Three seconds are left of it: time for a busy machine to begin.
    const early = { ...ref, startedAt: new Date(Date.parse(ref.startedAt) - 50_000).toISOString() };
    const begunMs = performance.now();
    const result = await attached(workspace(), early, { timeoutMs: 53_000 });
    expect(result.exit).toEqual({ kind: 'timed-out', afterMs: 53_000 });
    expect(result.stdout).toBe('begun\n');
    expect(performance.now() - begunMs).toBeLessThan(40_000);
    expect(isRunning(keeper)).toBe(false);
    expect((await attached(workspace(), ref)).exit).toEqual(result.exit);
  });

  test('one that says nothing for too long has stalled, started or waited for', async () => {
    const script = 'echo begun; sleep 60';
    const ref = await startSh(workspace(), script);
    const keeper = await keeperOf(outlook(), ref, workspace());
    const started = await attached(workspace(), ref, { stallMs: 1_000 });
    const spawned = await workspace().spawn({ ...shell(script), stallMs: 1_000 });
    for (const result of [started, spawned]) {
      expect(result.exit).toEqual({ kind: 'stalled', afterMs: 1_000 });
      expect(result.stdout).toBe('begun\n');
    }
    expect(isRunning(keeper)).toBe(false);
  });

  test('one that goes on talking has not stalled, started or waited for', async () => {
    const script = 'i=0; while [ $i -lt 12 ]; do echo "$i" >&2; sleep 0.2; i=$((i+1)); done';
    const started = attached(workspace(), await startSh(workspace(), script), { stallMs: 1_500 });
    const spawned = workspace().spawn({ ...shell(script), stallMs: 1_500 });
    for (const result of await Promise.all([started, spawned])) expect(result.exit).toEqual({ kind: 'exited', code: 0 });
  });
}

function withdrawals(workspace: () => Workspace, outlook: () => Outlook): void {
  test('withdrawn, the whole tree ends within two seconds, also what heeds no polite signal', async () => {
    const other = workspace();
    const withdraw = new AbortController();
    const ref = await startSh(other, stubbornTree.script);
    const keeper = await keeperOf(outlook(), ref, other);
    const waiting = attached(other, ref, { signal: withdraw.signal });
    const pids = await pidsIn(other, stubbornTree.pids, outlook());
    for (const pid of [keeper, ...pids]) expect(isRunning(pid), String(pid)).toBe(true);
    const begunMs = performance.now();
    withdraw.abort('withdrawn');
    expect((await waiting).exit).toEqual({ kind: 'cancelled' });
    expect(performance.now() - begunMs).toBeLessThan(longestEndMs);
    for (const pid of [keeper, ...pids]) expect(isRunning(pid), String(pid)).toBe(false);
    for (const path of stubbornTree.pids) await other.files.remove(path);
  });

  test('withdrawn while it is waited for, a spawned tree ends within two seconds too', async () => {
    const withdraw = new AbortController();
    const waiting = workspace().spawn({ ...shell(stubbornTree.script), signal: withdraw.signal });
    const pids = await pidsIn(workspace(), stubbornTree.pids, outlook());
    const begunMs = performance.now();
    withdraw.abort('withdrawn');
    expect((await waiting).exit).toEqual({ kind: 'cancelled' });
    expect(performance.now() - begunMs).toBeLessThan(longestEndMs);
    for (const pid of pids) expect(isRunning(pid), String(pid)).toBe(false);
  });

  test('lost to another process, it is left alone, and whoever waited is told at once', async () => {
    const lose = new AbortController();
    const ref = await startSh(workspace(), 'sleep 0.8; echo done');
    const keeper = await keeperOf(outlook(), ref, workspace());
    const waiting = attached(workspace(), ref, { signal: lose.signal });
    lose.abort('lost');
    await expect(waiting).rejects.toMatchObject({ code: 'fenced' });
    expect(isRunning(keeper)).toBe(true);
    expect((await attached(workspace(), ref)).stdout).toBe('done\n');
  });

  test('a child left in the background does not outlive a command that somebody waited for', async () => {
    const ref = await startSh(workspace(), leavesBehind.script);
    const pids = await pidsIn(workspace(), leavesBehind.pids, outlook());
    await workspace().files.write('go', '');
    expect((await attached(workspace(), ref)).exit).toEqual({ kind: 'exited', code: 0 });
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
    for (const path of ['go', ...leavesBehind.pids]) await workspace().files.remove(path);
  });
}

/** The promise of the folder beside the tree. */
export async function scratchIsBeside(workspace: Workspace, outlook: Outlook): Promise<void> {
  const { scratch, root } = workspace;
  expect(`${scratch}/`.startsWith(`${root}/`)).toBe(false);
  const { exit } = await workspace.spawn(shell(`echo kept > '${scratch}/file' && cat '${scratch}/file'`));
  expect(exit).toEqual({ kind: 'exited', code: 0 });
  expect(await workspace.files.list('')).toEqual([]);
  expect(await outlook.stands(workspace)).toBe(true);
  await workspace.destroy();
  expect(await outlook.stands(workspace)).toBe(false);
}
