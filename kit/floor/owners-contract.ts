import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Floor, Workspace } from '../../src/core/ports/floor.ts';
import { hostPid } from './host-pid.ts';
import { isRunning } from './is-running.ts';
import type { OtherOwner } from './other-owner.ts';
import { attached, pidsIn, shell, startSh } from './started-contract.ts';

export interface Owners {
  readonly floor: () => Floor;
  /** The same floor in a process of its own. */
  readonly other: () => Promise<OtherOwner>;
}

/** The promises of workspaces whose owner is killed while a command goes on in them. */
export function ownersContract(given: Owners): void {
  describe('workspaces of killed owners', () => {
    adoptions(given);
    removals(given);
  });
}

function adoptions({ floor, other }: Owners): void {
  test('a command goes on without its killed owner, and its whole result is for whoever adopts it', async () => {
    const owner = await other();
    const script = 'echo $$ > pid; echo before; while [ ! -e go ]; do sleep 0.05; done; echo after; exit 7';
    const ref = await owner.start('left/running', shell(script));
    await owner.kill();
    expect(await floor().left()).toEqual(['left/running']);
    expect(await floor().reap()).toBe(0);
    const workspace = await adopted(floor(), 'left/running');
    const [pid = 0] = await pidsIn(workspace, ['pid']);
    expect(isRunning(pid)).toBe(true);
    await workspace.write('go', '');
    const result = await attached(workspace, ref);
    expect(result).toMatchObject({ exit: { kind: 'exited', code: 7 }, stdout: 'before\nafter\n' });
    expect(await floor().left()).toEqual([]);
    await workspace.destroy();
    expect(isRunning(ref.pid)).toBe(false);
  });

  test('how a command ended while nobody was there is told to whoever adopts it', async () => {
    const owner = await other();
    const ref = await owner.start('left/ended', shell('echo said; exit 5'));
    await owner.kill();
    for (let round = 0; isRunning(ref.pid) && round < 500; round += 1) await wait(20);
    const workspace = await adopted(floor(), 'left/ended');
    expect(await attached(workspace, ref)).toMatchObject({ exit: { kind: 'exited', code: 5 }, stdout: 'said\n' });
    await workspace.destroy();
  });

  test('withdrawing it ends what a killed owner started, with its whole tree', async () => {
    const owner = await other();
    const ref = await owner.start('left/withdrawn', shell('setsid sleep 60 & echo $! > pid; sleep 60'));
    await owner.kill();
    const workspace = await adopted(floor(), 'left/withdrawn');
    const [pid = 0] = await pidsIn(workspace, ['pid']);
    const { exit } = await attached(workspace, ref, { signal: AbortSignal.abort('withdrawn') });
    expect(exit).toEqual({ kind: 'cancelled' });
    for (const each of [pid, ref.pid]) expect(isRunning(each)).toBe(false);
    await workspace.destroy();
  });

  test('nobody but its owner adopts the workspace of a living owner', async () => {
    const owner = await other();
    const ref = await owner.start('left/alive', shell('sleep 60'));
    expect(await floor().left()).toEqual([]);
    await expect(floor().adopt('left/alive')).rejects.toMatchObject({ code: 'workspace-failed' });
    expect(await owner.adopt('left/alive')).toBe('adopted');
    expect(isRunning(ref.pid)).toBe(true);
    await owner.kill();
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
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(adopters.map((adopter) => adopter.adopt(`left/wanted-${round}`)));
      expect(answers.toSorted()).toEqual(['adopted', 'workspace-failed', 'workspace-failed']);
    }
    for (const adopter of adopters) await adopter.kill();
    for (let round = 0; round < 3; round += 1) await (await floor().open(`left/wanted-${round}`)).destroy();
  });

  test('where there is nothing to adopt, nothing is made', async () => {
    expect(await floor().adopt('left/never')).toBeNull();
    const once = await floor().open('left/once');
    await once.destroy();
    expect(await floor().adopt('left/once')).toBeNull();
    expect(await floor().left()).toEqual([]);
  });
}

function removals({ floor, other }: Owners): void {
  test('opening the name anew ends what a killed owner started and begins with nothing', async () => {
    const owner = await other();
    const ref = await owner.start('left/opened', shell('setsid sleep 60 & echo $! > pid; sleep 60'));
    await owner.kill();
    expect(isRunning(ref.pid)).toBe(true);
    const workspace = await floor().open('left/opened');
    expect(isRunning(ref.pid)).toBe(false);
    expect(await workspace.list('')).toEqual([]);
    expect(await workspace.attach(ref, { timeoutMs: 1_000, signal: new AbortController().signal })).toBe('gone');
    await workspace.destroy();
  });

  test('one in which nothing was started is not left but reaped, its daemons first', async () => {
    const owner = await other();
    const root = await owner.spawn('left/daemon', shell('setsid sleep 60 & echo $! > pid; touch ready; sleep 60'));
    const daemon = hostPid(Number(await readFile(join(root, 'pid'), 'utf8')), root);
    await owner.kill();
    expect(await floor().left()).toEqual([]);
    expect(await floor().reap()).toBe(1);
    expect(isRunning(daemon)).toBe(false);
    expect(existsSync(root)).toBe(false);
    expect(await floor().reap()).toBe(0);
  });

  test('destroying ends what was started in it', async () => {
    const workspace = await floor().open('left/destroyed');
    const ref = await startSh(workspace, 'setsid sleep 60 & echo $! > pid; sleep 60');
    const [pid = 0] = await pidsIn(workspace, ['pid']);
    await workspace.destroy();
    for (const each of [pid, ref.pid]) expect(isRunning(each)).toBe(false);
  });
}

async function adopted(floor: Floor, name: string): Promise<Workspace> {
  const workspace = await floor.adopt(name);
  if (workspace === null) throw new Error(`${name} is gone`);
  return workspace;
}
