import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Relative } from '../../kit/scenario/index.ts';
import type { Scene } from '../scenarios/scene.ts';
import { openPlace } from './place.ts';
import { copyOf, expectWhole, kill, untouchedCopy, update } from './trial.ts';

const scenes: Scene[] = [];
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
});

async function coldPlace(): Promise<{ readonly scene: Scene; readonly template: string }> {
  const place = await openPlace({ cold: true });
  scenes.push(place.scene);
  return place;
}

describe('a home that nobody has used yet', () => {
  it('is made once by four processes that begin at the same instant, each with a job of its own', async () => {
    const { scene, template } = await coldPlace();
    const repositories = [];
    for (let at = 0; at < 4; at += 1) repositories.push(await copyOf(scene, template));
    const ended = await Promise.all(repositories.map((cwd) => scene.jidoka(update, { cwd })));
    for (const { code, stdout, stderr } of ended) {
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout).verdict).toBe('PR_READY');
    }
    const { runs } = JSON.parse((await scene.ask(['runs', '--json'])).stdout);
    expect(runs).toHaveLength(4);
  });

  it('serves a run to its end after processes were killed while they made it', async () => {
    const { scene, template } = await coldPlace();
    const untouched = await untouchedCopy(scene, template);
    const family: Relative[] = [];
    for (const ms of [250, 500, 700, 900, 1100, 1300, 1500, 1800, 2200, 2600]) {
      const running = scene.start(update, { cwd: untouched.repository });
      await Promise.race([wait(ms), running.ended]);
      family.push(...(await kill(running)));
    }
    await expectWhole({ ...untouched, family }, await scene.jidoka(update, { cwd: untouched.repository }));
  });
});
