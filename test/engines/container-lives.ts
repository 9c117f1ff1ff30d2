import { utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSh } from '../../kit/floor/index.ts';
import { madeSource } from '../../kit/floor/made-source.ts';
import type { Digest } from '../../src/core/base/ids.ts';
import { containerFloor } from '../../src/plant/floor/container/index.ts';
import { containerOf, optionsOn, patiently, said, sh } from './given-container.ts';
import type { GivenContainer } from './given-container.ts';

/** What becomes of containers whose engine, machine or owner goes away, and of what is made of them. */
export function livesOfContainers(given: GivenContainer): void {
  const { engine, egress, root, floor, one } = given;
  test('of a container that was stopped with its machine the tree is there, and what ran is gone', async () => {
    const two = await floor().open('two');
    await two.files.write('kept', 'still here');
    const ref = await startSh(two, 'sleep 60');
    await engine()
      .api.getContainer(await containerOf(given, 'two'))
      .kill();
    expect(await floor().attach(two.ref, { visit: true })).toMatchObject({
      kind: 'unreachable',
      why: expect.stringContaining('does not run'),
    });
    const later = await floor().attach(two.ref);
    if (later.kind !== 'attached') throw new Error(`it is ${later.kind}`);
    expect(await later.workspace.files.read('kept')).toBe('still here');
    expect(await later.workspace.attach(ref, patiently)).toBe('gone');
    await later.workspace.destroy();
    expect(await floor().attach(two.ref)).toEqual({ kind: 'gone' });
  });

  test('what stands elsewhere is out of reach, not gone', async () => {
    expect(await floor().attach({ ...one().ref, host: 'elsewhere:/run/engine.sock' })).toMatchObject({
      kind: 'unreachable',
      why: expect.stringContaining('elsewhere'),
    });
    const nowhere = containerFloor({ ...optionsOn(engine(), root(), egress), engine: join(root(), 'no.sock') });
    expect(await nowhere.attach(one().ref)).toMatchObject({ kind: 'unreachable', why: expect.stringContaining('nothing there') });
    await expect(nowhere.open('x')).rejects.toMatchObject({ code: 'floor-unreachable', mend: expect.stringContaining('DOCKER_HOST') });
  });

  test('an engine that hangs is out of reach, and what stands on it is found again', async () => {
    const later = containerFloor(optionsOn(engine(), root(), egress));
    engine().hush();
    try {
      const hung = await later.attach(one().ref);
      expect(hung).toMatchObject({ kind: 'unreachable', why: expect.stringContaining('no word for 5 seconds') });
    } finally {
      engine().wake();
    }
    expect((await later.list()).find(({ ref }) => ref.name === 'one')).toMatchObject({ state: 'live' });
  });

  test('links that a setup leaves in the git folder of a base are not kept of it', async () => {
    const key = 'b'.repeat(64) as Digest;
    const base = await floor().prepare({
      key,
      source: madeSource({ a: 'a\n' }),
      setup: [sh('ln -s /tmp .git/evil; mkdir -m 700 shut; chmod 0 shut')],
    });
    const over = await floor().open('over', { base });
    const kept = await over.harvest({ take: async (tree) => tree.base ?? '' });
    expect(
      await said(
        over,
        sh(`ls '${kept}/HEAD'; ls -d .git/evil; ls '${kept}/evil' 2>/dev/null; touch '${kept}/x' 2>/dev/null || echo refused`),
      ),
    ).toBe(`${kept}/HEAD\n.git/evil\nrefused`);
    await over.destroy();
    const used = join(root(), 'bases', key);
    await utimes(used, 0, 0);
    const image = { ref: { name: key }, state: 'base' };
    expect((await floor().reap({ dryRun: true })).removed).toMatchObject([image]);
    expect((await floor().reap()).removed).toMatchObject([image]);
    expect((await floor().list()).filter(({ state }) => state === 'base')).toEqual([]);
  });

  test('what a dead process left of its canaries is reaped, and what another machine owns is not', async () => {
    const here = (await containerOf(given, 'one')).slice(0, 12);
    const { Config } = await engine().api.getContainer(here).inspect();
    const owner = JSON.parse(Config.Labels['jidoka.owner'] ?? '') as object;
    const labels = (use: string, more: object, name = ''): Record<string, string> => ({
      'jidoka.floor': Config.Labels['jidoka.floor'] ?? '',
      'jidoka.use': use,
      'jidoka.name': name,
      'jidoka.owner': JSON.stringify({ ...owner, ...more }),
    });
    const make = (name: string, told: Record<string, string>): Promise<unknown> =>
      engine().api.createContainer({ name, Image: engine().image, Cmd: ['true'], Labels: told });
    await make('dead-canary', labels('canary', { started: '1' }));
    await make('foreign', labels('workspace', { host: 'elsewhere' }, 'foreign'));
    expect((await floor().reap()).removed).toEqual([]);
    const names = (await engine().api.listContainers({ all: true })).flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, '')));
    expect(names).toContain('foreign');
    expect(names).not.toContain('dead-canary');
    expect((await floor().list()).find(({ ref }) => ref.name === 'foreign')).toMatchObject({
      state: 'live',
      owner: expect.stringContaining('elsewhere'),
    });
    await engine().api.getContainer('foreign').remove({ force: true });
    expect(hostname()).not.toBe('elsewhere');
  });
}
