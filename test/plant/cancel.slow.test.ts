import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { living, processCalled } from '../../kit/scenario/index.ts';
import { lineOf, script, gate } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
let repository: string;
/** Tells processes of this file from those of another. */
const mark = randomUUID();
beforeAll(async () => {
  plant = await openPlant();
  await plant.up(['--at-once', '4']);
  repository = (await plant.project()).path;
});
afterAll(() => plant.close());

describe('cancelling a run', () => {
  it('ends within seconds what it runs, also what ignores the signal and left its process group', async () => {
    const deaf = `for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {}); setInterval(() => {}, 1000);`;
    const child = `['setsid', process.execPath, '-e', ${JSON.stringify(deaf)}, 'escaped-${mark}']`;
    const stubborn = `${deaf} const [program, ...args] = ${child};
      require('node:child_process').spawn(program, args, { detached: true, stdio: 'ignore' }).unref();`;
    const line = await plant.line('stubborn', [script('work', stubborn, {}, `stubborn-${mark}`)]);
    const run = await plant.leave({ line, title: 'Trap', repository });
    const family = [await processCalled(`stubborn-${mark}`), await processCalled(`escaped-${mark}`)];
    const cancelled = await plant.jidoka(['cancel', run, '--why', 'not this one']);
    const returned = performance.now();
    expect(cancelled.code, cancelled.stderr).toBe(0);
    while ((await living(family)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(performance.now() - returned).toBeLessThan(20_000);
    await plant.event((event) => event.run === run && event.body.type === 'run.ended');
    const { result } = await plant.factory.show(run);
    expect(result).toMatchObject({ verdict: 'ESCALATE', reason: { message: expect.stringContaining('not this one') } });
    const evidence = JSON.parse((await plant.jidoka(['evidence', run, '--out', join(plant.folder, run), '--json'])).stdout);
    expect(await readFile(join(evidence.dir, 'REPORT.md'), 'utf8')).toContain('not this one');
    expect((await plant.jidoka(['evidence', 'verify', evidence.dir, '--head', evidence.head])).code).toBe(0);
  });

  it('ends the runs that it started, and their processes', async () => {
    const child = lineOf('child', [script('work', 'setInterval(() => {}, 1000)', {}, `child-${mark}`)]);
    const stages = [{ id: 'parts', does: 'runs', runs: { line: 'child', items: ['a', 'b', 'c'], join: 'all' } }];
    const line = await plant.line('parent', stages, { lines: [child] });
    const run = await plant.leave({ line, title: 'Parts', repository });
    await processCalled(`child-${mark}`);
    const { body } = await plant.event((event) => event.run === run && event.body.type === 'children.started');
    const children = body.type === 'children.started' ? body.runs : [];
    expect((await plant.jidoka(['cancel', run])).code).toBe(0);
    for (const each of [run, ...children]) {
      const { body: end } = await plant.event((event) => event.run === each && event.body.type === 'run.ended');
      expect(end, each).toMatchObject({ verdict: 'ESCALATE' });
    }
    expect((await plant.factory.operations.status()).open).toEqual([]);
  });

  it('that stands at a gate closes the gate', async () => {
    const line = await plant.line('standing', [gate('ok')]);
    const run = await plant.leave({ line, title: 'Stand', repository });
    const { body } = await plant.event((event) => event.run === run && event.body.type === 'gate.opened');
    const id = body.type === 'gate.opened' ? body.gate : '';
    expect((await plant.jidoka(['cancel', run])).code).toBe(0);
    expect(await plant.jidoka(['approve', id])).toMatchObject({ code: 2, stderr: expect.stringContaining('is closed') });
    expect((await plant.jidoka(['gates'])).stdout).not.toContain(id);
  });
});

describe('a stage that does not come to its end', () => {
  it.each([
    ['timeout', { timeout: '1s' }, `setInterval(() => process.stdout.write('.'), 100)`],
    ['stall', { stall: '1s' }, `setInterval(() => {}, 100)`],
  ])('is ended by its %s, tried again after a wait that doubles, and then given up', async (kind, limit, code) => {
    const line = await plant.line(`no-${kind}`, [script('work', code, { ...limit, retries: 1 })]);
    const run = await plant.leave({ line, title: kind, repository });
    await plant.event((event) => event.run === run && event.body.type === 'run.ended');
    const { events, result } = await plant.factory.show(run);
    const retried = events.flatMap(({ body }) => (body.type === 'stage.retried' ? [[body.class, body.delayMs]] : []));
    expect(retried, JSON.stringify(result?.reason)).toEqual([[kind === 'stall' ? 'stall' : 'timeout', 1000]]);
    expect(result).toMatchObject({ verdict: 'RETRYABLE_FAILURE' });
  });
});

it('a line whose runs end alike pauses itself, and goes on when a person lifts it', async () => {
  const line = await plant.line('broken', [script('work', 'process.exit(3)')], { limits: { identicalFailures: 2 } });
  for (const title of ['first', 'second']) {
    const run = await plant.leave({ line, title, repository });
    await plant.event((event) => event.run === run && event.body.type === 'run.ended');
  }
  const third = plant.start(['run', 'task', '--line', line, '--title', 'third', '--repo', repository, '--json']);
  await third.says((said) => said.includes('line:broken is paused by'));
  expect((await plant.jidoka(['status'])).stdout).toMatch(/line:broken by .*2/);
  expect((await plant.jidoka(['unpause', '--line', 'broken'])).code).toBe(0);
  expect((await third.ended).code).toBe(3);
});
