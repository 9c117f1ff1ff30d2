import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from '../../kit/scenario/index.ts';
import { filesOfRef } from '../../kit/scenario/index.ts';
import { change, script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
let repository: string;
beforeAll(async () => {
  plant = await openPlant();
  repository = (await plant.project()).path;
});
afterEach(() => plant.rest());
afterAll(() => plant.close());

/** Says in the tree that it was started, and works on for a while. */
const slowStation = `
  const fs = require('node:fs');
  fs.mkdirSync('src', { recursive: true });
  fs.appendFileSync('src/starts.txt', 'started ' + process.pid + '\\n');
  setTimeout(() => fs.appendFileSync('src/starts.txt', 'ended\\n'), 6000);`;

it('a station whose worker is killed in the middle is gone on with by another, and was started once', async () => {
  const line = await plant.line('station', [
    { id: 'applicability', does: 'applicability' },
    { id: 'baseline', does: 'baseline' },
    change('change', { run: ['node', '-e', slowStation] }),
    { id: 'inspection', does: 'inspection' },
  ]);
  const [one] = [await plant.worker(['--name', 'one'], { home: 'one' })];
  const run = await plant.leave({ line, title: 'Long', repository });
  await plant.event((event) => event.run === run && event.body.type === 'station.started');
  await plant.worker(['--name', 'two'], { home: 'one' });
  const killedAt = Date.now();
  one?.kill('SIGKILL');
  const reclaimed = await plant.event((event) => event.run === run && event.body.type === 'step.reclaimed');
  expect(Date.parse(reclaimed.at) - killedAt).toBeLessThan(10_000);
  await plant.event((event) => event.run === run && event.body.type === 'run.ended');
  const { events, result } = await plant.factory.show(run);
  expect(result, JSON.stringify(result?.reason)).toMatchObject({ verdict: 'PR_READY' });
  expect(events.filter(({ body }) => body.type === 'station.started').length).toBe(1);
  const files = await filesOfRef(repository, `refs/heads/${result?.branch ?? ''}`);
  expect(files['src/starts.txt']).toMatch(/^started \d+\nended$/);
});

it('a worker that is stopped loses its stage, and what it makes of it when it goes on does not count', async () => {
  const line = await plant.line('stopped', [script('work', 'setTimeout(() => {}, 2000)')]);
  const workers = [await plant.worker(['--name', 'one'], { home: 'one' })];
  const run = await plant.leave({ line, title: 'Stop', repository });
  await plant.event((event) => event.run === run && event.body.type === 'stage.started');
  workers.push(await plant.worker(['--name', 'two'], { home: 'two' }));
  const [stopped] = workers;
  stopped?.kill('SIGSTOP');
  const stoppedAt = Date.now();
  const reclaimed = await plant.event((event) => event.run === run && event.body.type === 'step.reclaimed');
  expect(Date.parse(reclaimed.at) - stoppedAt).toBeLessThan(60_000);
  stopped?.kill('SIGCONT');
  await plant.event((event) => event.run === run && event.body.type === 'run.ended');
  // It lives, and works on what comes.
  workers[1]?.kill('SIGTERM');
  await workers[1]?.ended;
  const next = await plant.leave({ line, title: 'Next', repository });
  await plant.event((event) => event.run === next && event.body.type === 'run.ended');
  const { events } = await plant.factory.show(run);
  expect(events.filter(({ body }) => body.type === 'stage.completed').length).toBe(1);
  expect(events.filter(({ body }) => body.type === 'fact.found' && body.stage === 'work').length).toBe(1);
});

describe('a schedule', () => {
  it('fires once each second for two workers, and once for all that it missed while nobody worked', async () => {
    const line = await plant.line('ticking', [script('work', '0')]);
    const workers: Running[] = [
      await plant.worker(['--name', 'one'], { home: 'one' }),
      await plant.worker(['--name', 'two'], { home: 'two' }),
    ];
    const request = ['--line', line, '--title', 'Tick', '--repo', repository];
    const added = await plant.jidoka(['schedule', 'add', 'task', 'tick', '--cron', '* * * * * *', ...request]);
    expect(added.code, added.stderr).toBe(0);
    await firedTimes(6);
    await plant.rest();
    const before = (await fired()).length;
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect((await fired()).length).toBe(before);
    workers.push(await plant.worker(['--name', 'three'], { home: 'one' }));
    await firedTimes(before + 3);
    expect((await plant.jidoka(['schedule', 'remove', 'tick'])).code).toBe(0);
    const dues = (await fired()).map(({ due }) => Date.parse(due));
    expect(new Set(dues).size).toBe(dues.length);
    const gaps = dues.slice(1).map((due, at) => due - (dues[at] ?? 0));
    // Of the time without a worker there is one fire, for the first second that was missed.
    expect(gaps.filter((gap) => gap > 1000).length).toBe(1);
    expect(gaps.every((gap) => gap % 1000 === 0)).toBe(true);
    const requests = (await fired()).map((each) => each.request);
    expect(new Set(requests).size).toBe(requests.length);
  });
});

interface Fired {
  readonly due: string;
  readonly request: string;
}

async function fired(): Promise<readonly Fired[]> {
  const { events } = await plant.factory.feed.after(null, { limit: 5000 });
  return events.flatMap(({ event: { body } }) => (body.type === 'factory.fired' ? [body] : []));
}

async function firedTimes(times: number): Promise<void> {
  let seen = 0;
  const met = new Set<string>();
  await plant.event(({ body }) => {
    if (body.type === 'factory.fired' && !met.has(body.due)) {
      met.add(body.due);
      seen += 1;
    }
    return seen >= times;
  });
}
