import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { refsOf } from '../../kit/scenario/index.ts';
import { change } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
beforeAll(async () => {
  plant = await openPlant();
});
afterEach(() => plant.rest());
afterAll(() => plant.close());

it('two machines share one run: what the first found reaches the second, and a third shows and verifies it', async () => {
  const { path } = await plant.project();
  const line = await plant.line('shared', [
    { id: 'applicability', does: 'applicability' },
    { id: 'baseline', does: 'baseline' },
    change('change'),
    { id: 'inspection', does: 'inspection', labels: ['inspector'] },
  ]);
  const one = await plant.worker(['--name', 'one'], { home: 'one' });
  const left = await plant.jidoka(['run', 'task', '--line', line, '--title', 'Share', '--repo', `file://${path}`, '--detach'], {
    home: 'desk',
  });
  expect(left).toMatchObject({ code: 0, stdout: expect.stringContaining('worker one') });
  const { run } = await plant.event(({ body }) => body.type === 'stage.completed' && body.stage === 'change');

  // Nobody has the label: status, the list and whoever follows say so.
  const status = await plant.jidoka(['status'], { home: 'desk' });
  expect(status.stdout).toContain('stage/inspection/1: waits: no live worker of queue stages has the labels inspector\n');
  expect((await plant.jidoka(['runs'], { home: 'desk' })).stdout).toContain('has the labels inspector');
  const following = plant.start(['run', 'task', '--line', line, '--title', 'Share', '--repo', `file://${path}`, '--json'], {
    home: 'desk',
  });
  await following.says((said) => said.includes('has the labels inspector'));

  const two = await plant.worker(['--name', 'two', '--labels', 'inspector'], { home: 'two' });
  const followed = await following.ended;
  expect(followed.code, followed.stderr).toBe(0);
  expect(JSON.parse(followed.stdout)).toMatchObject({ run, verdict: 'PR_READY', branch: 'jidoka/shared/share' });
  const { events } = await plant.factory.show(run);
  const pids = Object.fromEntries(events.flatMap(({ body }) => (body.type === 'stage.started' ? [[body.stage, body.where.pid]] : [])));
  expect(pids).toMatchObject({ baseline: one.pid, change: one.pid, inspection: two.pid });
  expect([...(await refsOf(path)).keys()]).toContain('refs/heads/jidoka/shared/share');

  const shown = await plant.jidoka(['show', run], { home: 'third' });
  expect(shown.stdout).toContain('PR_READY');
  const evidence = JSON.parse(
    (await plant.jidoka(['evidence', run, '--out', `${plant.folder}/evidence`, '--json'], { home: 'third' })).stdout,
  );
  expect(await plant.jidoka(['evidence', 'verify', evidence.dir, '--head', evidence.head], { home: 'third' })).toMatchObject({ code: 0 });
});

it('a queue that nobody serves is named, until somebody does', async () => {
  const { path } = await plant.project();
  const line = await plant.line('queued', [{ id: 'far', does: 'command', run: ['node', '--version'], queue: 'far' }]);
  await plant.worker(['--queues', 'requests,stages'], { home: 'one' });
  const following = plant.start(['run', 'task', '--line', line, '--title', 'Far', '--repo', path, '--json'], { home: 'desk' });
  await following.says((said) => said.includes('no live worker serves queue far'));
  await plant.worker(['--queues', 'far'], { home: 'two' });
  expect((await following.ended).code).toBe(0);
});
