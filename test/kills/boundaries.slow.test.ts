import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scene } from '../scenarios/scene.ts';
import { openPlace } from './place.ts';
import { cutAt, expectWhole, update } from './trial.ts';
import { watchLedger, type LedgerWatch } from './watch-ledger.ts';

let scene: Scene;
let template: string;
let ledger: LedgerWatch;
beforeAll(async () => {
  ({ scene, template } = await openPlace());
  ledger = await watchLedger(scene.home, scene.env);
});
afterAll(async () => {
  await ledger.close();
  await scene.close();
});

describe('a process killed as soon as the ledger has', () => {
  it.each([
    ['what entered', /^packet\/sealed$/],
    ['a begun stage', /^baseline\/1\/started\//],
    ['a completed applicability', /^applicability\/1\/completed$/],
    ['a completed baseline', /^baseline\/1\/completed$/],
    ['a begun inspection', /^inspection\/1\/started\//],
    ['a completed change', /^change\/1\/completed$/],
    ['a completed inspection', /^inspection\/1\/completed$/],
    ['the verdict', /^verdict\/decided$/],
    ['the seal', /^evidence\/sealed$/],
    ['the end', /^run\/ended$/],
  ])('%s leaves a run that `jidoka resume` brings to its end', async (_, key) => {
    const cut = await cutAt(scene, template, () => ledger.next(key));
    expect(cut.events.some((event) => key.test(event.key))).toBe(true);
    const { stdout } = await scene.ask(['runs', '--json']);
    const ended = cut.events.some(({ body }) => body.type === 'run.ended');
    expect(JSON.parse(stdout).runs[0]).toMatchObject({ run: cut.run, state: ended ? 'ended' : 'interrupted' });
    await expectWhole(cut, await scene.jidoka(['resume', cut.run ?? '', '--json']));
  });
});

describe('a process killed in the middle of a delivery', () => {
  it.each([
    ['the branch', 'refs/heads/jidoka/deps/plain@1.1.0'],
    ['the evidence', 'refs/jidoka/evidence'],
  ])('leaves a target with one branch and one evidence ref in the end: as soon as it has %s', async (_, ref) => {
    const cut = await cutAt(scene, template, (_running, repository) => appears(join(repository, '.git', ref)));
    expect(cut.events.map(({ body }) => body.type)).toContain('evidence.sealed');
    await expectWhole(cut, await scene.jidoka(update, { cwd: cut.repository }));
  });
});

async function appears(path: string): Promise<void> {
  for (;;) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return;
    await turn();
  }
}
