import { beforeEach, describe, expect, it } from 'vitest';
import { commandStage, type HouseProcess, MemoryHouse, runInput, taskLine, taskRequest } from '../../../kit/house/index.ts';
import type { Actor } from '../../core/gate/answer.ts';
import type { NewSchedule, Operations } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { submitRun } from '../run/index.ts';
import { operations } from './index.ts';

const ada: Actor = { name: 'ada', kind: 'person', roles: [] };
const coder: Actor = { name: 'coder', kind: 'agent', roles: ['*'] };
let house: MemoryHouse;
let process: HouseProcess;
let desk: Operations;

beforeEach(() => {
  const never = (): never => {
    throw new Error('nobody works here');
  };
  house = new MemoryHouse({ hands: { run: never, schedule: never, request: never } });
  process = house.process();
  desk = operations(async () => process.needs, {
    database: async () => 'memory',
    underItsLine: async (request) => ({ ...request, line: `${request.line}-as-checked` }),
  });
});

const nightly: NewSchedule = {
  id: 'nightly',
  cron: '0 3 * * *',
  timezone: 'UTC',
  request: { ...taskRequest, subject: { kind: 'all' } },
};

const acts: readonly (readonly [string, (by: Actor) => Promise<unknown>, object])[] = [
  [
    'a limit',
    (by) => desk.setLimit({ key: 'line:tasks', atOnce: 2, rate: null }, by),
    { type: 'factory.limited', key: 'line:tasks', limit: { atOnce: 2, rate: null } },
  ],
  ['a pause', (by) => desk.pause('factory', 'inventory', by), { type: 'factory.paused', scope: 'factory', why: 'inventory' }],
  ['the end of a pause', (by) => desk.unpause('line:old', by), { type: 'factory.unpaused', scope: 'line:old' }],
  ['a review', (by) => desk.reviewed('tasks-one', by), { type: 'factory.reviewed', review: 'tasks-one' }],
  ['a schedule', (by) => desk.schedule(nightly, by), { type: 'factory.scheduled', schedule: 'nightly' }],
  ['the end of a schedule', (by) => desk.unschedule('old', by), { type: 'factory.unscheduled', schedule: 'old' }],
];

describe('what operators set', () => {
  beforeEach(async () => {
    await desk.pause('line:old', 'before', ada);
    await desk.schedule({ ...nightly, id: 'old' }, ada);
    const review = { id: 'tasks-one', run: 'tasks-one', line: 'tasks', what: 'task one' };
    await process.engine.transaction((tx) => house.control.awaitReview(review, tx));
  });

  it.each(acts)('stands in the factory chain with who did it: %s', async (_what, act, body) => {
    await act(ada);
    const last = (await house.ledger.read(factoryChain)).at(-1);
    expect(last).toMatchObject({ actor: 'ada', body: { ...body, by: 'ada' } });
  });

  it.each(acts)('is a person’s to set, and no agent’s: %s', async (_what, act) => {
    const before = [await house.ledger.read(factoryChain), await desk.status()];
    await expect(act(coder)).rejects.toMatchObject({ code: 'access-refused', message: expect.stringContaining('coder is an agent') });
    expect([await house.ledger.read(factoryChain), await desk.status()]).toEqual(before);
  });

  it('and changed nothing leaves no trace', async () => {
    const before = await house.ledger.read(factoryChain);
    expect(await desk.pause('line:old', 'again', ada)).toBe(false);
    expect(await desk.unpause('line:other', ada)).toBe(false);
    expect(await desk.reviewed('nobody', ada)).toBe(false);
    expect(await desk.unschedule('never', ada)).toBe(false);
    await expect(desk.setLimit({ key: 'nonsense', atOnce: 1, rate: null }, ada)).rejects.toMatchObject({ code: 'limit-invalid' });
    expect(await house.ledger.read(factoryChain)).toEqual(before);
  });

  it('is all there twice where two did the same at the same moment', async () => {
    await Promise.all([1, 2].map((atOnce) => desk.setLimit({ key: 'global', atOnce, rate: null }, ada)));
    expect(await house.told(factoryChain, 'factory.limited')).toHaveLength(2);
  });

  it('of a schedule is under the line as it was checked', async () => {
    expect(await desk.schedule(nightly, ada)).toMatchObject({ line: 'tasks-as-checked' });
  });
});

describe('the status', () => {
  it('shows works, limits, pauses and what waits for a person', async () => {
    const input = runInput(taskLine([commandStage('lint')], { limits: { atOnce: 3 } }));
    await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
    await desk.pause('queue:stages', 'inventory', ada);
    expect(await desk.status()).toMatchObject({
      database: 'memory',
      version: '0.0.0',
      executors: [{}, {}],
      limits: [{ key: 'line:tasks', atOnce: 3, by: 'line' }],
      usage: [{ key: 'line:tasks', taken: 0 }],
      pauses: [{ scope: 'queue:stages', by: 'ada' }],
      reviews: [],
      gates: 0,
      open: [{ id: input.run, kind: 'run', steps: [{ id: 'stage/lint/1' }] }],
    });
  });

  it('lets no line replace what an operator set', async () => {
    await desk.setLimit({ key: 'line:tasks', atOnce: 1, rate: null }, ada);
    const input = runInput(taskLine([commandStage('lint')], { limits: { atOnce: 9 } }));
    await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
    expect((await desk.status()).limits).toMatchObject([{ key: 'line:tasks', atOnce: 1, by: 'operator' }]);
  });
});
