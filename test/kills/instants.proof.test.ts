import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scene } from '../scenarios/scene.ts';
import { openPlace } from './place.ts';
import { copyOf, cutAt, expectWhole, kill, update } from './trial.ts';

let scene: Scene;
let template: string;
/** How long a run takes that is not disturbed, in milliseconds. */
let wholeMs: number;
beforeAll(async () => {
  ({ scene, template } = await openPlace());
  await scene.ask(['runs']);
  const repository = await copyOf(scene, template);
  const startedMs = performance.now();
  await scene.jidoka(update, { cwd: repository });
  wholeMs = performance.now() - startedMs;
});
afterAll(() => scene.close());

/** Parts of a run, spread evenly and then moved by chance within their quarter. `npm run crash` takes many more. */
const instants = Array.from({ length: 4 }, (_, at) => (at + Math.random()) / 4);

describe('a process killed at any instant', () => {
  it.each(instants.map((part, at) => [part.toFixed(3), at % 2 === 0 ? 'the same command' : '`jidoka resume`', part] as const))(
    'leaves a run that is brought to its end: at %s of it, by %s',
    async (_, by, part) => {
      const cut = await cutAt(scene, template, () => wait(part * wholeMs));
      const again = by === 'the same command' || cut.run === null ? update : (['resume', cut.run, '--json'] as const);
      await expectWhole(cut, await scene.jidoka(again, { cwd: cut.repository }));
    },
  );

  it('leaves a run that is brought to its end also where every life but the last is killed', async () => {
    const cut = await cutAt(scene, template, (running) => running.says((line) => line.includes('baseline: installing')));
    for (const said of ['running the suite, 1 of 2', 'change …', 'inspection: installing']) {
      const running = scene.start(update, { cwd: cut.repository });
      await running.says((line) => line.includes(said));
      await kill(running);
    }
    const last = await scene.jidoka(update, { cwd: cut.repository });
    expect(last.stderr).toContain('goes on where it stopped');
    await expectWhole(cut, last);
  });
});
