import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiClient } from '../../src/doors/api/index.ts';
import { allEvents, mostAtOnce } from './busy.ts';
import { change, gate, script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
let daemon: Awaited<ReturnType<Plant['up']>>;
let repository: string;
let agent: string;
beforeAll(async () => {
  plant = await openPlant();
  daemon = await plant.up(['--at-once', '8']);
  repository = (await plant.project()).path;
  agent = (await plant.factory.credentials.add({ name: 'coder', kind: 'agent', roles: ['reviewer', 'admin'] })).token;
});
afterEach(async () => {
  for (const { key } of (await plant.factory.operations.status()).limits) await said(0, 'limit', key, '--none');
  await plant.rest();
});
afterAll(() => plant.close());

describe('a limit', () => {
  it.each([
    ['global', 'global'],
    ['line', 'line:of-line'],
    ['repository', 'repository:*'],
    ['queue', 'queue:of-queue'],
  ])('%s holds back what comes, says so, and lets through as many as it is raised to', async (kind, key) => {
    const name = `of-${kind}`;
    const line = await plant.line(name, [script('work', 'setTimeout(() => {}, 300)', kind === 'queue' ? { queue: name } : {})]);
    await said(0, 'limit', key, '--at-once', '0');
    const runs = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((title) => plant.leave({ line, title, repository })));
    expect(await said(0, 'status')).toMatch(/stage\/work\/1: waits: \S+ has 0 of 0 slots taken\n/);
    expect((await plant.factory.show(runs[0] ?? '')).events.map(({ body }) => body.type)).toEqual(['run.started', 'packet.sealed']);
    await said(0, 'limit', key, '--at-once', '2');
    await ended(runs);
    expect(mostAtOnce(await allEvents(plant.factory), ({ run }) => runs.includes(run))).toBe(2);
  });

  it('of a station counts what that station does, and nothing else', async () => {
    const inspected = [
      { id: 'applicability', does: 'applicability' },
      { id: 'baseline', does: 'baseline' },
      change('change'),
      { id: 'inspection', does: 'inspection' },
    ];
    const line = await plant.line('of-station', inspected);
    await said(0, 'limit', 'station:command', '--at-once', '1');
    const runs = await Promise.all(['a', 'b', 'c'].map((title) => plant.leave({ line, title, repository })));
    await ended(runs);
    const events = await allEvents(plant.factory);
    expect(mostAtOnce(events, ({ run, stage }) => runs.includes(run) && stage === 'change')).toBe(1);
    expect(mostAtOnce(events, ({ run }) => runs.includes(run))).toBeGreaterThan(1);
  });

  it('of starts lets two begin, and the others when their time has come', async () => {
    const line = await plant.line('rated', [script('work', '0')]);
    await said(0, 'limit', 'line:rated', '--rate', '2/8s');
    const runs = await Promise.all(['a', 'b', 'c', 'd'].map((title) => plant.leave({ line, title, repository })));
    expect(await said(0, 'status')).toContain('line:rated had 2 of 2 starts in 8 s');
    await ended(runs);
    const at = (await starts(runs)).map(({ at: each }) => Date.parse(each));
    expect((at[2] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(7800);
  });

  it('lets go by priority, and nothing before its time', async () => {
    const line = await plant.line('ordered', [script('work', '0')]);
    await said(0, 'limit', 'line:ordered', '--at-once', '0');
    const notBefore = new Date(Date.now() + 2500).toISOString();
    const late = plant.leave({ line, title: 'late', repository, priority: 1, notBefore });
    const usual = await plant.leave({ line, title: 'usual', repository });
    const urgent = await plant.leave({ line, title: 'urgent', repository, priority: 50 });
    await said(0, 'limit', 'line:ordered', '--at-once', '1');
    const runs = [urgent, usual, await late];
    await ended(runs);
    const order = await starts(runs);
    const place = (run: string): number => order.findIndex((each) => each.run === run);
    expect(place(urgent)).toBeLessThan(place(usual));
    expect(Date.parse(order[place(await late)]?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(notBefore));
  });

  it('that is not one is refused with what would be', async () => {
    for (const args of [
      ['galaxy', '--at-once', '1'],
      ['line:', '--at-once', '1'],
      ['global', '--at-once', '-1'],
      ['global', '--rate', '3/week'],
      ['global'],
    ])
      expect(await said(2, 'limit', ...args), args.join(' ')).toContain('next: ');
  });
});

describe('results that wait for a person', () => {
  it('stop their line from starting, which says so, until somebody has looked', async () => {
    const line = await plant.line('capped', [gate('ok')], { limits: { waitingForReview: 1 } });
    const first = await plant.leave({ line, title: 'first', repository });
    const { body } = await plant.event((event) => event.run === first && event.body.type === 'gate.opened');
    const second = plant.start(task(line, 'second'));
    await second.says((each) => each.includes('line capped has 1 of 1 results waiting for review'));
    expect(await said(0, 'status')).toContain('line capped has 1 of 1 results waiting for review');
    await said(0, 'approve', body.type === 'gate.opened' ? body.gate : '');
    await second.says((each) => each.includes('waits: ok: May it pass ok?'));
  });

  it('are delivered changes too, and `reviewed` makes room', async () => {
    const line = await plant.line(
      'delivering',
      [
        { id: 'applicability', does: 'applicability' },
        { id: 'baseline', does: 'baseline' },
        change('change'),
        { id: 'inspection', does: 'inspection' },
      ],
      { limits: { waitingForReview: 1 } },
    );
    const first = await plant.leave({ line, title: 'first', repository });
    await ended([first]);
    const second = plant.start(task(line, 'second'));
    await second.says((each) => each.includes('1 of 1 results waiting for review'));
    expect(await said(2, 'reviewed', first, '--token', agent)).toContain('agent');
    await said(0, 'reviewed', first);
    expect((await second.ended).code).toBe(0);
  });
});

describe('a pause', () => {
  it.each([
    ['the factory', [], 'factory'],
    ['a line', ['--line', 'paused'], 'line:paused'],
    ['a queue', ['--queue', 'slow'], 'queue:slow'],
  ])('of %s holds its work back and is told with who and why, until a person lifts it', async (what, scope, key) => {
    const line = await plant.line('paused', [script('work', '0', { queue: 'slow' })]);
    await said(0, 'pause', ...scope, '--why', 'release week');
    const following = plant.start(task(line, `Under ${what}`));
    await following.says((each) => each.includes(`${key} is paused by cli:`) && each.includes('release week'));
    expect(await said(0, 'status')).toContain('release week');
    expect(await said(2, 'unpause', ...scope, '--token', agent)).toContain('is an agent');
    const ask = await fetch(`${daemon.url}/v1/pauses?scope=${key}`, { method: 'DELETE', headers: { authorization: `Bearer ${agent}` } });
    expect(ask.status).toBe(403);
    expect((await plant.factory.operations.status()).pauses.map((each) => each.scope)).toEqual([key]);
    await said(0, 'unpause', ...scope);
    expect((await following.ended).code).toBe(0);
  });

  it('of a line holds its schedules and requests back too, under the name that the line has', async () => {
    const line = await plant.line('held', [script('work', '0')]);
    await said(0, 'pause', '--line', 'held', '--why', 'night');
    await said(0, 'run', 'task', '--line', line, '--title', 'Later', '--repo', repository, '--detach');
    const { open } = await plant.factory.operations.status();
    const request = open.find(({ line: name }) => name === 'held');
    expect(request).toMatchObject({ kind: 'request', steps: [{ held: [expect.stringContaining('line:held is paused')] }] });
    await said(0, 'unpause', '--line', 'held');
    await plant.event(({ run, body }) => run.startsWith('held-') && body.type === 'run.ended');
  });
});

describe('the same twice', () => {
  it('asked for at once by four processes is one run', async () => {
    const line = await plant.line('twice', [script('work', 'setTimeout(() => {}, 300)')]);
    const all = await Promise.all(Array.from({ length: 4 }, () => plant.jidoka(task(line, 'Same'))));
    expect(new Set(all.map(({ stdout }) => JSON.parse(stdout).run)).size).toBe(1);
    const runs = await plant.factory.runs({ line: 'twice' });
    expect(runs.length).toBe(1);
  });

  it('left under one key is one request, which tells of its one run', async () => {
    const token = (await plant.factory.credentials.add({ name: 'ana', kind: 'person', roles: [] })).token;
    const api = apiClient(daemon.url, token);
    const line = await plant.line('keyed', [script('work', '0')]);
    const body = {
      line: 'task',
      repository,
      subject: { kind: 'task', title: 'Keyed' },
      lineFile: { path: line, text: await readFile(line, 'utf8') },
      key: 'delivery-1',
    };
    const left = await Promise.all(Array.from({ length: 5 }, () => api.post<{ request: string; state: string }>('/v1/runs', body)));
    expect(new Set(left.map(({ request }) => request)).size).toBe(1);
    expect(left.map(({ state }) => state).toSorted()).toEqual(['exists', 'exists', 'exists', 'exists', 'new']);
    const { body: taken } = await plant.event(({ body: each }) => each.type === 'request.taken' && each.request === left[0]?.request);
    expect(taken).toMatchObject({ runs: [expect.stringMatching(/^keyed-/)] });
  });

  it('that nobody can work is refused once, in the open', async () => {
    const line = await plant.line('homeless', [script('work', '0')]);
    await said(0, 'run', 'task', '--line', line, '--title', 'Nowhere', '--repo', '/no/such/folder', '--detach');
    const { body } = await plant.event(({ body: each }) => each.type === 'request.refused');
    expect(body).toMatchObject({ code: 'repository-invalid', message: expect.stringContaining('/no/such/folder') });
  });
});

function task(line: string, title: string): readonly string[] {
  return ['run', 'task', '--line', line, '--title', title, '--repo', repository, '--json'];
}

/** Runs a command that is to end with a code; returns what it said. */
async function said(code: number, ...args: readonly string[]): Promise<string> {
  const { code: got, stdout, stderr } = await plant.ask(args);
  expect(got, `${args.join(' ')}: ${stdout}${stderr}`).toBe(code);
  return stdout + stderr;
}

async function ended(runs: readonly string[]): Promise<void> {
  for (const run of runs) await plant.event((event) => event.run === run && event.body.type === 'run.ended');
}

/** Where the first stage of each run was begun, in order. */
async function starts(runs: readonly string[]): Promise<readonly { readonly run: string; readonly at: string }[]> {
  return (await allEvents(plant.factory)).filter(
    ({ run, body }) => runs.includes(run) && body.type === 'stage.started' && body.stage === 'work',
  );
}
