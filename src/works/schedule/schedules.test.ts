import { beforeEach, describe, expect, it } from 'vitest';
import { type HouseProcess, MemoryHouse, taskRequest } from '../../../kit/house/index.ts';
import type { NewSchedule } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { fireSchedule, removeSchedule, schedules, setSchedule } from './index.ts';

const hourMs = 3_600_000;
let house: MemoryHouse;
let process: HouseProcess;
/** Requests that were left, oldest first. */
const requests = async (): Promise<readonly string[]> => (await house.control.works({ kind: 'request', limit: 100 })).toReversed();

beforeEach(() => {
  house = new MemoryHouse({
    hands: {
      run: () => Promise.reject(new Error('none')),
      request: async (step, _signal, { engine }) =>
        engine.transaction(async (tx) => {
          await engine.finish(step, tx);
          await engine.end(step.work, null, tx);
        }),
      schedule: (step, _signal, { needs }) => fireSchedule(step, needs),
    },
  });
  process = house.process();
});

const request = taskRequest;

function hourly(more: Partial<NewSchedule> = {}): NewSchedule {
  return { id: 'hourly', cron: '0 * * * *', timezone: 'UTC', request, ...more };
}

const fired = async (): Promise<readonly string[]> => (await house.told(factoryChain, 'factory.fired')).map(({ due }) => due);

describe('a schedule', () => {
  it('leaves its request when it is due, and stands in the factory chain with who set it', async () => {
    expect(await setSchedule(hourly(), 'ada', process.needs)).toEqual({
      id: 'hourly',
      cron: '0 * * * *',
      timezone: 'UTC',
      line: 'tasks',
      repository: '/repos/shop',
      nextAt: '2026-01-01T01:00:00.000Z',
      lastAt: null,
    });
    process.serve();
    await house.pass(hourMs - 1);
    expect(await requests()).toEqual([]);
    await house.pass(1);
    expect(await requests()).toHaveLength(1);
    expect((await house.view((await requests())[0] ?? '')).input).toEqual(request);
    expect(await schedules(process.needs)).toMatchObject([{ nextAt: '2026-01-01T02:00:00.000Z', lastAt: '2026-01-01T01:00:00.000Z' }]);
    expect(await house.told(factoryChain, 'factory.scheduled')).toMatchObject([
      { schedule: 'hourly', by: 'ada', what: { cron: '0 * * * *' } },
    ]);
  });

  it('fires once for each time it is due, however many workers there are', async () => {
    await setSchedule(hourly(), 'ada', process.needs);
    for (const worker of [process, house.process(), house.process()]) worker.serve();
    for (let hour = 0; hour < 3; hour += 1) await house.pass(hourMs);
    expect(await fired()).toEqual(['2026-01-01T01:00:00.000Z', '2026-01-01T02:00:00.000Z', '2026-01-01T03:00:00.000Z']);
    expect(new Set(await requests()).size).toBe(3);
  });

  it('makes up once for all the times that passed while nobody worked', async () => {
    await setSchedule(hourly(), 'ada', process.needs);
    await house.pass(10 * hourMs + 1);
    process.serve();
    await house.quiet();
    expect(await fired()).toEqual(['2026-01-01T01:00:00.000Z']);
    expect(await schedules(process.needs)).toMatchObject([{ nextAt: '2026-01-01T11:00:00.000Z' }]);
  });

  it('that is set again fires only as it was set last, also where two set it at once', async () => {
    await setSchedule(hourly(), 'ada', process.needs);
    const other = house.process();
    await Promise.all([
      setSchedule(hourly({ cron: '15 * * * *' }), 'ada', process.needs),
      setSchedule(hourly({ cron: '30 * * * *' }), 'bob', other.needs),
    ]);
    const [only, ...rest] = await schedules(process.needs);
    expect(rest).toEqual([]);
    const last = (await house.told(factoryChain, 'factory.scheduled')).at(-1);
    expect(last?.what).toMatchObject({ cron: only?.cron });
    process.serve();
    await house.pass(hourMs);
    expect(await fired()).toHaveLength(1);
    expect(await fired()).not.toContain('2026-01-01T01:00:00.000Z');
  });

  it('that is set again as it was stands once', async () => {
    await setSchedule(hourly(), 'ada', process.needs);
    await setSchedule(hourly(), 'ada', process.needs);
    expect(await schedules(process.needs)).toHaveLength(1);
  });

  it('that is removed fires no more, says so in the factory chain, and can be set anew', async () => {
    await setSchedule(hourly(), 'ada', process.needs);
    expect(await removeSchedule('hourly', 'bob', process.needs)).toBe(true);
    expect(await removeSchedule('hourly', 'bob', process.needs)).toBe(false);
    process.serve();
    await house.pass(2 * hourMs);
    expect([await fired(), await schedules(process.needs)]).toEqual([[], []]);
    expect(await house.told(factoryChain, 'factory.unscheduled')).toMatchObject([{ schedule: 'hourly', by: 'bob' }]);
    await setSchedule(hourly(), 'ada', process.needs);
    await house.pass(hourMs);
    expect(await fired()).toEqual(['2026-01-01T03:00:00.000Z']);
  });

  it('of a paused line waits, and fires once when the pause is lifted', async () => {
    await setSchedule(hourly(), 'ada', process.needs);
    await house.control.pause({ scope: 'line:tasks', why: 'inventory', by: 'ada', at: house.clock.now() });
    process.serve();
    await house.pass(3 * hourMs);
    expect(await fired()).toEqual([]);
    await house.control.unpause('line:tasks');
    await house.quiet();
    expect(await fired()).toEqual(['2026-01-01T01:00:00.000Z']);
  });

  it.each([
    ['a pattern that is none', { cron: 'every day' }],
    ['a time zone that is none', { timezone: 'Mars/Olympus' }],
    ['a day that never comes', { cron: '0 0 30 2 *' }],
    ['a name that is none', { id: 'Every Hour' }],
  ])('with %s is refused, and nothing is kept of it', async (_what, more) => {
    await expect(setSchedule(hourly(more), 'ada', process.needs)).rejects.toMatchObject({ code: 'limit-invalid' });
    expect(await schedules(process.needs)).toEqual([]);
    expect(await house.ledger.read(factoryChain)).toEqual([]);
  });
});
