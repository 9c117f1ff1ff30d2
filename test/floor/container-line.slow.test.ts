import { afterAll, beforeAll, expect, it } from 'vitest';
import { saying } from '../../kit/scenario/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import { startDocker } from '../engines/docker.ts';
import type { EngineUnderTest } from '../engines/engine.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { ofPlain, taskLineFile } from './task-line.ts';

let scene: Scene;
let engine: EngineUnderTest;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  [scene, engine] = await Promise.all([openScene([saying('plain', { '1.0.0': 'hello' })]), startDocker()]);
  env = { JIDOKA_FLOOR: 'container', JIDOKA_FLOOR_IMAGE: engine.image, JIDOKA_DOCKER: engine.address, JIDOKA_LIMITS: 'memory=1GiB' };
});
afterAll(async () => {
  await scene.close();
  await engine.end();
});

const line = taskLineFile({ name: 'contained', ...ofPlain });

it('a whole run goes in containers: its packages come through the engine, its change back by git, and nothing stays', async () => {
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
  const file = await scene.write('contained.yaml', line);
  const ended = await scene.jidoka(['run', 'task', '--repo', path, '--line', file, '--title', 'do it', '--json'], { env });
  const result = readResult(ended);
  expect(result, `${JSON.stringify(result)}${ended.stderr}`).toMatchObject({ verdict: 'PR_READY' });
  const shown = await scene.jidoka(['show', result.run, '--json'], { env });
  const { events } = JSON.parse(shown.stdout) as { readonly events: readonly LedgerEvent[] };
  const harvested = events.flatMap(({ body }) => (body.type === 'change.harvested' ? body.files.map((one) => one.path) : []));
  expect(harvested).toEqual(['said.txt']);
  const where = events.flatMap(({ body }) => (body.type === 'stage.started' ? [body.where] : []));
  expect(where.length).toBeGreaterThan(3);
  for (const one of where)
    expect(one).toMatchObject({
      floor: 'container',
      tier: 'T3',
      wall: expect.stringMatching(/^docker /),
      image: expect.stringContaining('sha256:'),
    });
  expect(await engine.api.listContainers({ all: true })).toEqual([]);
});
