import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Command, Floor, ProcessResult, Workspace } from '../../src/core/ports/floor.ts';
import { basesContract } from './bases-contract.ts';
import { limitsContract } from './limits-contract.ts';
import { isRunning } from './is-running.ts';
import type { OtherOwner } from './other-owner.ts';
import { localOutlook } from './outlook.ts';
import type { Outlook } from './outlook.ts';
import { ownersContract } from './owners-contract.ts';
import { visitsContract } from './visits-contract.ts';
import { leavesBehind, pidsIn, scratchIsBeside, startedContract } from './started-contract.ts';

/** A floor to hold against the contract; `end` removes everything it made. */
export interface FloorUnderTest {
  readonly floor: Floor;
  readonly end: () => Promise<void>;
  /** False where a wall tells of a signal by a code above 128, so that a program that gives such a code counts as killed. */
  readonly tellsSignals?: boolean;
  /** How this machine sees what is on the floor; as its own processes and folders where nothing is said. */
  readonly outlook?: Outlook;
  /** Starts a process of its own that works on the same floor: `otherOwner` of a program that calls `serveOwner`. */
  readonly other: () => Promise<OtherOwner>;
}

/** How many promises there are: a run of all that tried fewer has left some out. */
const promises = 71;

/** The promises every floor keeps, on Linux and macOS. */
export function floorContract(name: string, make: () => Promise<FloorUnderTest>): void {
  describe(`floor: ${name}`, () => {
    let under: FloorUnderTest;
    let workspace: Workspace;
    let tried = 0;
    afterEach(() => void (tried += 1));
    beforeAll(async () => {
      under = await make();
      workspace = await under.floor.open('contract/one');
    });
    afterAll(async () => {
      try {
        await workspace.destroy();
      } finally {
        // Also where no workspace could be opened.
        await under.end();
      }
      process.stdout.write(`floor contract: ${tried} promises tried on ${name}\n`);
      if (process.env['CI'] !== undefined) expect(tried).toBe(promises);
    });
    const outlook = (): Outlook => under.outlook ?? localOutlook;
    const given = { workspace: () => workspace, floor: () => under.floor, outlook };
    commands(given);
    endings(given);
    files(given);
    lives(given);
    startedContract({ ...given, tellsSignals: () => under.tellsSignals ?? true });
    ownersContract({ ...given, other: () => under.other() });
    basesContract(given.floor);
    visitsContract(given.floor, given.workspace);
    limitsContract(given.floor);
  });
}

interface Given {
  readonly workspace: () => Workspace;
  readonly floor: () => Floor;
  readonly outlook: () => Outlook;
}

/** Runs a script of sh in a workspace. */
function sh(workspace: Workspace, script: string, more: Partial<Command> = {}): Promise<ProcessResult> {
  return workspace.spawn({ argv: ['sh', '-c', script], cwd: '', timeoutMs: 20_000, network: 'none', ...more });
}

function commands({ workspace, floor }: Given): void {
  test('the probe names a tier, a user and the tools, and says what is not held', async () => {
    const probe = await floor().probe();
    expect(probe.kind).toBe(floor().kind);
    expect(probe.tier).toMatch(/^T[0-4]$/);
    expect(probe.user).not.toBe('');
    expect(probe.node).toMatch(/^\d+\.\d+\.\d+/);
    expect(probe.npm).toMatch(/^\d+\.\d+\.\d+/);
    expect(probe.tier !== 'T0' || probe.caveats.length > 0).toBe(true);
  });

  test('a command runs in the folder asked for, and both its streams and its code are told', async () => {
    await workspace().files.write('deep/er/x', 'x');
    const result = await sh(workspace(), 'pwd; echo oops >&2; exit 3', { cwd: 'deep/er' });
    expect(result.exit).toEqual({ kind: 'exited', code: 3 });
    expect(result.stdout.trim().endsWith('/deep/er')).toBe(true);
    expect(result.stderr).toBe('oops\n');
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test('stdin is closed', async () => {
    expect((await sh(workspace(), 'cat; echo end')).stdout).toBe('end\n');
  });

  test('home and temporary folder are writable and outside the tree', async () => {
    const result = await sh(workspace(), 'touch "$HOME/a" "$TMPDIR/b" && pwd -P && echo "$HOME" && echo "$TMPDIR"');
    const [tree = '?', ...others] = result.stdout.trim().split('\n');
    expect(result.exit).toEqual({ kind: 'exited', code: 0 });
    for (const other of others) expect(other.startsWith(`${tree}/`)).toBe(false);
  });

  test('a variable of the command is set, and node and npm can be used', async () => {
    const result = await sh(workspace(), 'echo "$GREETING" && node -p 1+1 && npm --version', { env: { GREETING: 'hello' } });
    expect(result.stdout).toMatch(/^hello\n2\n\d+\./);
  });

  test('long output keeps its beginning and its end', async () => {
    const script = 'echo first; i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done; echo last';
    const result = await sh(workspace(), script, { maxOutputBytes: 1000 });
    expect(result.truncated).toBe(true);
    expect(result.stdout.length).toBeLessThan(1100);
    expect(result.stdout).toMatch(/^first\n[\s\S]*bytes cut[\s\S]*last\n$/);
  });
}

function endings({ workspace, outlook }: Given): void {
  test('a program that does not exist is not started', async () => {
    const result = await workspace().spawn({ argv: ['no-such-tool'], cwd: '', timeoutMs: 5_000, network: 'none' });
    expect(result.exit.kind).toBe('not-started');
  });

  test('a folder that does not exist starts nothing', async () => {
    expect((await sh(workspace(), 'true', { cwd: 'nowhere' })).exit.kind).toBe('not-started');
  });

  test('a command that kills itself is told by its signal', async () => {
    expect((await sh(workspace(), 'kill -KILL $$')).exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });

  test('a command that hangs is ended at its time, what it wrote is kept', async () => {
    const result = await sh(workspace(), 'echo begun; sleep 60', { timeoutMs: 300 });
    expect(result.exit).toEqual({ kind: 'timed-out', afterMs: 300 });
    expect(result.stdout).toBe('begun\n');
    expect(result.durationMs).toBeLessThan(10_000);
  });

  test('a command that ignores the polite signal is ended all the same', async () => {
    const result = await sh(workspace(), "trap '' TERM; echo begun; while :; do sleep 0.1; done", { timeoutMs: 300 });
    expect(result.exit.kind).toBe('timed-out');
  });

  test('an abort ends a command, and one aborted before is never started', async () => {
    const stop = new AbortController();
    const running = sh(workspace(), 'sleep 60', { signal: stop.signal });
    stop.abort();
    expect((await running).exit).toEqual({ kind: 'cancelled' });
    const never = await sh(workspace(), 'touch started', { signal: stop.signal });
    expect(never.exit).toEqual({ kind: 'cancelled' });
    expect(await workspace().files.read('started')).toBeNull();
  });

  test('a child left in the background does not outlive its command', async () => {
    const running = sh(workspace(), leavesBehind.script);
    const pids = await pidsIn(workspace(), leavesBehind.pids, outlook());
    await workspace().files.write('go', '');
    expect((await running).exit).toEqual({ kind: 'exited', code: 0 });
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
    for (const path of ['go', ...leavesBehind.pids]) await workspace().files.remove(path);
  });
}

function files({ workspace }: Given): void {
  test('what is written is read by the factory and by commands, and can be changed by them', async () => {
    await workspace().files.write('a/b c/ü.txt', 'one');
    expect((await sh(workspace(), 'cat "a/b c/ü.txt" && printf two > "a/b c/ü.txt" && touch "a/b c/new"')).exit).toEqual({
      kind: 'exited',
      code: 0,
    });
    expect(await workspace().files.read('a/b c/ü.txt')).toBe('two');
    await workspace().files.write('a/b c/ü.txt', new TextEncoder().encode('three'));
    expect(await workspace().files.read('a/b c/ü.txt')).toBe('three');
  });

  test('nothing there reads as null, a folder too', async () => {
    expect(await workspace().files.read('not/there')).toBeNull();
    await workspace().files.write('folder/file', '');
    expect(await workspace().files.read('folder')).toBeNull();
    expect(await workspace().files.read('folder/file/below')).toBeNull();
  });

  test('paths and links that leave the root are refused for reading, writing, listing and removing', async () => {
    await sh(workspace(), `ln -s /etc etc-link; ln -s '${'../'.repeat(20)}etc' up-link`);
    for (const path of ['../x', '/etc/hostname', 'a/../../x', 'etc-link/hostname', 'up-link/hostname']) {
      await expect(workspace().files.read(path), path).rejects.toMatchObject({ code: 'workspace-failed' });
      await expect(workspace().files.write(path, 'x'), path).rejects.toMatchObject({ code: 'workspace-failed' });
      await expect(workspace().files.remove(path), path).rejects.toMatchObject({ code: 'workspace-failed' });
    }
    await expect(workspace().files.list('etc-link')).rejects.toMatchObject({ code: 'workspace-failed' });
    await expect(sh(workspace(), 'true', { cwd: '..' })).rejects.toMatchObject({ code: 'workspace-failed' });
    await expect(workspace().files.remove('')).rejects.toMatchObject({ code: 'workspace-failed' });
  });

  test('writing over a link replaces the link, not what it points to', async () => {
    await workspace().files.write('target.txt', 'kept');
    await sh(workspace(), 'ln -s target.txt link.txt');
    await workspace().files.write('link.txt', 'new');
    expect(await workspace().files.read('target.txt')).toBe('kept');
    expect(await workspace().files.read('link.txt')).toBe('new');
  });

  test('a pipe that nobody writes to does not hold up reading', async () => {
    await sh(workspace(), 'mkfifo pipe');
    expect(await workspace().files.read('pipe')).toBeNull();
  });

  test('a list is sorted, recursive, and does not go below node_modules and .git unless asked', async () => {
    for (const path of ['l/b/2', 'l/a', 'l/node_modules/m/index.js', 'l/.git/config']) await workspace().files.write(path, '');
    expect(await workspace().files.list('l')).toEqual(['l/.git', 'l/a', 'l/b', 'l/b/2', 'l/node_modules']);
    expect(await workspace().files.list('l/node_modules')).toEqual(['l/node_modules/m', 'l/node_modules/m/index.js']);
    expect(await workspace().files.list('nowhere')).toEqual([]);
  });

  test('removing takes files and folders, and is content where there is nothing', async () => {
    await workspace().files.write('gone/deep/file', '');
    await workspace().files.remove('gone');
    await workspace().files.remove('gone');
    expect(await workspace().files.list('gone')).toEqual([]);
  });
}

function lives({ floor, outlook }: Given): void {
  test('opening a name again starts from an empty tree', async () => {
    const first = await floor().open('contract/two');
    await first.files.write('left', 'over');
    const second = await floor().open('contract/two');
    expect(await second.files.list('')).toEqual([]);
    await second.destroy();
  });

  test('destroying ends the tree, and a command in it is a fault', async () => {
    const gone = await floor().open('contract/three');
    await gone.destroy();
    expect(await outlook().stands(gone)).toBe(false);
    await expect(sh(gone, 'true')).rejects.toMatchObject({ code: 'workspace-failed' });
  });

  test('scratch is beside the tree, for commands to write to, and goes with the workspace', async () => {
    await scratchIsBeside(await floor().open('contract/scratch'), outlook());
  });

  test('a tree whose rights a command took away is removed too', async () => {
    const locked = await floor().open('contract/locked');
    await sh(locked, 'mkdir -p a/b && touch a/b/c && chmod 500 a/b && chmod 000 a');
    await locked.destroy();
    expect(await outlook().stands(locked)).toBe(false);
  });

  test('workspaces of a live process are not reaped', async () => {
    const live = await floor().open('contract/live');
    await live.files.write('here', 'still');
    await floor().reap();
    expect(await live.files.read('here')).toBe('still');
    await live.destroy();
  });
}
