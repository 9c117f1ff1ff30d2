import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/core/base/ids.ts';
import type { Floor, Workspace } from '../../src/core/ports/floor.ts';
import { isRunning } from './is-running.ts';
import { madeSource } from './made-source.ts';
import { namedOn } from './other-owner.ts';
import type { OtherOwner } from './other-owner.ts';
import { keeperOf } from './outlook.ts';
import type { Outlook } from './outlook.ts';
import { attached, pidsIn, shell, startSh } from './started-contract.ts';

export interface Owners {
  readonly floor: () => Floor;
  /** The same floor in a process of its own. */
  readonly other: () => Promise<OtherOwner>;
  readonly outlook: () => Outlook;
}

/** The promises of workspaces whose owner is killed while a command goes on in them. */
export function ownersContract(given: Owners): void {
  describe('workspaces of killed owners', () => {
    adoptions(given);
    removals(given);
  });
}

function adoptions({ floor, other, outlook }: Owners): void {
  test('a command goes on without its killed owner, and its whole result is for whoever adopts it', async () => {
    const owner = await other();
    const script = 'echo $$ > pid; echo before; while [ ! -e go ]; do sleep 0.05; done; echo after; exit 7';
    const ref = await owner.start('left/running', shell(script));
    await owner.kill();
    await seenDead(floor(), 'left/running');
    expect(await left(floor())).toEqual(['left/running']);
    expect((await floor().reap()).removed).toEqual([]);
    const workspace = await adopted(floor(), 'left/running');
    const [pid = 0] = await pidsIn(workspace, ['pid'], outlook());
    const keeper = await keeperOf(outlook(), ref, workspace);
    expect(isRunning(pid)).toBe(true);
    await workspace.files.write('go', '');
    const result = await attached(workspace, ref);
    expect(result).toMatchObject({ exit: { kind: 'exited', code: 7 }, stdout: 'before\nafter\n' });
    expect(await left(floor())).toEqual([]);
    await workspace.destroy();
    expect(isRunning(keeper)).toBe(false);
  });

  test('whoever adopts it ends what its killed owner only ran or talked to, lets be what was started, and works on in the tree', async () => {
    const owner = await other();
    const key = createHash('sha256').update(randomUUID()).digest('hex') as Digest; // 64 hexadecimal digits
    const base = await floor().prepare({ key, source: madeSource({ 'a.txt': 'one\n' }), setup: [] });
    const stays = `trap '' TERM HUP INT PIPE; echo two > a.txt; echo $$ > pid; setsid sleep 60 & echo $! > away.pid; touch ready; while :; do sleep 60; done`;
    await owner.spawn('left/run', shell(stays), base);
    const seen = await visited(floor(), 'left/run');
    const [ran = 0, away = 0] = await pidsIn(seen, ['pid', 'away.pid'], outlook());
    // Behind a wall each command counts its processes from the same number: this one is asked for when it is past those of the other,
    // which starts no more, and the other was asked for when it was alone.
    const others = 'for i in 1 2 3 4 5 6 7 8 9; do (true); done';
    const ref = await owner.beside(
      'left/run',
      shell(`${others}; sh -c 'echo $$ > kept.pid; while [ ! -e go ]; do sleep 0.05; done; exit 3'`),
    );
    const [kept = 0] = await pidsIn(seen, ['kept.pid'], outlook());
    await owner.kill();
    await seenDead(floor(), 'left/run');
    const workspace = await adopted(floor(), 'left/run');
    for (const pid of [ran, away]) expect(isRunning(pid)).toBe(false);
    expect(isRunning(kept)).toBe(true);
    expect(await workspace.spawn(shell('cat a.txt; touch go'))).toMatchObject({ exit: { kind: 'exited', code: 0 }, stdout: 'two\n' });
    expect((await attached(workspace, ref)).exit).toEqual({ kind: 'exited', code: 3 });
    await workspace.destroy();
  });

  test('how a command ended while nobody was there is told to whoever adopts it', async () => {
    const owner = await other();
    const ref = await owner.start('left/ended', shell('echo said; exit 5'));
    await owner.kill();
    await seenDead(floor(), 'left/ended');
    await expect.poll(() => outlook().keeperOf(ref, { name: 'left/ended' }), { timeout: 10_000 }).toBeNull();
    const workspace = await adopted(floor(), 'left/ended');
    expect(await attached(workspace, ref)).toMatchObject({ exit: { kind: 'exited', code: 5 }, stdout: 'said\n' });
    await workspace.destroy();
  });

  test('withdrawing it ends what a killed owner started, with its whole tree', async () => {
    const owner = await other();
    const ref = await owner.start('left/withdrawn', shell('setsid sleep 60 & echo $! > pid; sleep 60'));
    await owner.kill();
    await seenDead(floor(), 'left/withdrawn');
    const workspace = await adopted(floor(), 'left/withdrawn');
    const [pid = 0] = await pidsIn(workspace, ['pid'], outlook());
    const keeper = await keeperOf(outlook(), ref, workspace);
    const { exit } = await attached(workspace, ref, { signal: AbortSignal.abort('withdrawn') });
    expect(exit).toEqual({ kind: 'cancelled' });
    for (const each of [pid, keeper]) expect(isRunning(each)).toBe(false);
    await workspace.destroy();
  });

  test('nobody but its owner adopts the workspace of a living owner', async () => {
    const owner = await other();
    const ref = await owner.start('left/alive', shell('sleep 60'));
    const keeper = await keeperOf(outlook(), ref, { name: 'left/alive' });
    expect(await left(floor())).toEqual([]);
    await expect(floor().attach(await namedOn(floor(), 'left/alive'))).rejects.toMatchObject({ code: 'workspace-failed' });
    expect(await owner.adopt('left/alive')).toBe('adopted');
    expect(isRunning(keeper)).toBe(true);
    await owner.kill();
    await seenDead(floor(), 'left/alive');
    await (await floor().open('left/alive')).destroy();
  });

  test('of many who adopt at once one wins', async () => {
    const owner = await other();
    const adopters = await Promise.all([other(), other(), other()]);
    for (const adopter of adopters) expect(await adopter.adopt('left/nowhere')).toBe('gone');
    for (let round = 0; round < 3; round += 1) {
      const name = `left/wanted-${round}`;
      await owner.start(name, shell('sleep 60'));
    }
    await owner.kill();
    await seenDead(floor(), 'left/wanted-2');
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(adopters.map((adopter) => adopter.adopt(`left/wanted-${round}`)));
      expect(answers.toSorted()).toEqual(['adopted', 'workspace-failed', 'workspace-failed']);
    }
    for (const adopter of adopters) await adopter.kill();
    for (let round = 0; round < 3; round += 1) {
      await seenDead(floor(), `left/wanted-${round}`);
      await (await floor().open(`left/wanted-${round}`)).destroy();
    }
  });

  test('where there is nothing to adopt, nothing is made', async () => {
    expect(await floor().attach(await namedOn(floor(), 'left/never'))).toEqual({ kind: 'gone' });
    const once = await floor().open('left/once');
    await once.destroy();
    expect(await floor().attach(await namedOn(floor(), 'left/once'))).toEqual({ kind: 'gone' });
    expect(await left(floor())).toEqual([]);
  });
}

function removals({ floor, other, outlook }: Owners): void {
  test('opening the name anew ends what a killed owner started and begins with nothing', async () => {
    const owner = await other();
    const ref = await owner.start('left/opened', shell('setsid sleep 60 & echo $! > pid; sleep 60'));
    const keeper = await keeperOf(outlook(), ref, { name: 'left/opened' });
    await owner.kill();
    await seenDead(floor(), 'left/opened');
    expect(isRunning(keeper)).toBe(true);
    const workspace = await floor().open('left/opened');
    expect(isRunning(keeper)).toBe(false);
    expect(await workspace.files.list('')).toEqual([]);
    expect(await workspace.attach(ref, { timeoutMs: 1_000, signal: new AbortController().signal })).toBe('gone');
    await workspace.destroy();
  });

  test('one in which nothing was started is not left but reaped, its daemons first', async () => {
    const owner = await other();
    await owner.spawn('left/daemon', shell('setsid sleep 60 & echo $! > pid; touch ready; sleep 60'));
    const seen = await visited(floor(), 'left/daemon');
    const [daemon = 0] = await pidsIn(seen, ['pid'], outlook());
    await owner.kill();
    await seenDead(floor(), 'left/daemon');
    expect(await left(floor())).toEqual([]);
    expect((await floor().reap()).removed).toHaveLength(1);
    expect(isRunning(daemon)).toBe(false);
    expect(await outlook().stands(seen)).toBe(false);
    expect((await floor().reap()).removed).toEqual([]);
  });

  test('destroying ends what was started in it', async () => {
    const workspace = await floor().open('left/destroyed');
    const ref = await startSh(workspace, 'setsid sleep 60 & echo $! > pid; sleep 60');
    const keeper = await keeperOf(outlook(), ref, workspace);
    const [pid = 0] = await pidsIn(workspace, ['pid'], outlook());
    await workspace.destroy();
    for (const each of [pid, keeper]) expect(isRunning(each)).toBe(false);
  });
}

async function adopted(floor: Floor, name: string): Promise<Workspace> {
  const found = await floor.attach(await namedOn(floor, name));
  if (found.kind !== 'attached') throw new Error(`${name} is ${found.kind}`);
  return found.workspace;
}

async function visited(floor: Floor, name: string): Promise<Workspace> {
  const found = await floor.attach(await namedOn(floor, name), { visit: true });
  if (found.kind !== 'attached') throw new Error(`${name} is ${found.kind}`);
  return found.workspace;
}

/** The death of an owner is seen at once by floors of its own machine; what stands between needs a moment. */
async function seenDead(floor: Floor, name: string): Promise<void> {
  const state = async (): Promise<string> => (await floor.list()).find(({ ref }) => ref.name === name)?.state ?? 'gone';
  await expect.poll(state, { timeout: 20_000 }).not.toBe('live');
}

async function left(floor: Floor): Promise<readonly string[]> {
  return (await floor.list()).filter(({ state }) => state === 'left').map(({ ref }) => ref.name);
}
