import { beforeEach, describe, expect, it } from 'vitest';
import { commandStage, gateStage, type HouseProcess, MemoryHouse, snapshot, taskLine, taskRequest } from '../../../kit/house/index.ts';
import { fakePackage } from '../../../kit/registry/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { RunRequest } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { gateDesk } from '../gate/index.ts';
import { performRunStep } from '../run/index.ts';
import { performRequest, submitRequest } from './index.ts';

const names = ['a', 'b', 'c'];
const installed = Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0', resolved: `${name}.tgz` }]));
const dependencies = Object.fromEntries(names.map((name) => [name, '^1.0.0']));
const files = {
  'package.json': JSON.stringify({ name: 'shop', version: '1.0.0', dependencies }),
  'package-lock.json': JSON.stringify({ name: 'shop', lockfileVersion: 3, packages: { '': { name: 'shop', dependencies }, ...installed } }),
};
const packages = names.map((name) => fakePackage(name, { '1.0.0': {}, '1.1.0': {} }));

const plain = taskLine([commandStage('lint')], { seed: 'dependency' });
const gated = taskLine([gateStage('first'), commandStage('lint')], { seed: 'dependency' });

let house: MemoryHouse;
let process: HouseProcess;
let line: Line;

beforeEach(() => {
  line = plain;
  house = new MemoryHouse({
    files,
    packages,
    hands: {
      run: (step, signal, { needs }) => performRunStep(step, signal, needs),
      schedule: () => Promise.reject(new Error('none')),
      request: (step, signal, { needs }) =>
        performRequest(step, signal, { needs, crew: { service: () => null }, lineOf: async () => line }),
    },
  });
  process = house.process();
  process.serve();
});

const request: RunRequest = { ...taskRequest, subject: { kind: 'all' } };

async function leave(more: Partial<RunRequest> = {}): Promise<string> {
  const { request: id } = await process.engine.transaction((tx) =>
    submitRequest({ ...request, ...more }, { key: null, notBefore: null }, process.needs, tx),
  );
  await house.quiet();
  return id;
}

const runs = (): Promise<readonly string[]> => house.control.works({ kind: 'run', limit: 100 });
const takenRuns = async (): Promise<readonly string[]> => (await house.told(factoryChain, 'request.taken')).flatMap((taken) => taken.runs);

/** Lets the group be looked at until its request is over. */
async function through(id: string): Promise<void> {
  for (let turn = 0; (await house.view(id)).state === 'open' && turn < 50; turn += 1) await house.pass(1_000);
  expect((await house.view(id)).state).toBe('ended');
}

describe('a group that was left for a worker', () => {
  it('is worked as one, and its request is over when it is', async () => {
    const id = await leave();
    await through(id);
    expect(await runs()).toHaveLength(1);
    expect(await takenRuns()).toEqual(await runs());
  });

  it('is halved where it does not hold, one run after the other, down to the culprit', async () => {
    house.programs.set('lint', async ({ env }) => ((await namesIn(env?.['JIDOKA_RUN'] ?? '')).includes('b') ? 1 : 0));
    await through(await leave());
    const spoken = await Promise.all((await takenRuns()).map(namesIn));
    // The culprit alone speaks for itself; what holds without it goes out together.
    expect(spoken).toContainEqual(['b']);
    expect(spoken.some((members) => members.length > 1 && members.includes('b'))).toBe(false);
    expect(spoken.flat().toSorted()).toEqual(names);
  });

  it('holds nothing while its run stands at a gate, and goes on as it was when everything else has moved on', async () => {
    line = gated;
    const id = await leave();
    const [run = ''] = await runs();
    expect((await house.view(id)).steps).toMatchObject([{ state: 'waiting', notBefore: expect.any(String) }]);
    await process.engine.die();
    house.forge.open = async () => ({ ...snapshot, baseCommit: 'b'.repeat(40) });
    for (const name of names) house.registry.fail(name, 'network');
    process = house.process();
    process.serve();
    await house.pass(60_000);
    expect(await runs()).toEqual([run]);
    const desk = gateDesk(async () => process.needs);
    const [gate] = await desk.open();
    const by = { name: 'ada', kind: 'person', roles: ['reviewer'] } as const;
    await desk.answer(gate?.gate ?? '', { choice: 'approve', note: '', digest: null, actor: by });
    await through(id);
    expect(await takenRuns()).toEqual([run]);
  });

  it('asked for again makes new runs once, however often it is looked at', async () => {
    await through(await leave());
    house.clock.advance(1);
    await through(await leave({ again: true }));
    expect(await runs()).toHaveLength(2);
  });
});

/** Packages that a run is about. */
async function namesIn(run: string): Promise<readonly string[]> {
  const seed = (await house.ledger.read(parseRunId(run))).map(({ body }) => body).find((body) => body.type === 'run.started')?.seed;
  return seed?.kind === 'dependency' ? seed.subjects.map(({ name }) => name) : [];
}
