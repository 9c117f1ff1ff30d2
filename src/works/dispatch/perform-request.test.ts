import { beforeEach, describe, expect, it } from 'vitest';
import { commandStage, type HouseProcess, MemoryHouse, taskLine, taskRequest } from '../../../kit/house/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { RunRequest, Submitted } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { performRunStep } from '../run/index.ts';
import { performRequest, submitRequest } from './index.ts';

const line = taskLine([commandStage('lint')]);
let house: MemoryHouse;
let process: HouseProcess;
/** Finds the line of a request; tests put others in its place. */
let lineOf: (request: RunRequest) => Promise<Line>;

beforeEach(() => {
  lineOf = async () => line;
  house = new MemoryHouse({
    hands: {
      run: (step, signal, { needs }) => performRunStep(step, signal, needs),
      schedule: () => Promise.reject(new Error('none')),
      request: (step, signal, { needs }) =>
        performRequest(step, signal, { needs, crew: { service: () => null }, lineOf: (request) => lineOf(request) }),
    },
  });
  process = house.process();
});

const request = taskRequest;

function leave(order: { key?: string; notBefore?: string } = {}, more: Partial<RunRequest> = {}): Promise<Submitted> {
  const full = { key: order.key ?? null, notBefore: order.notBefore ?? null };
  return process.engine.transaction((tx) => submitRequest({ ...request, ...more }, full, process.needs, tx));
}

const runs = (): Promise<readonly string[]> => house.control.works({ kind: 'run', limit: 100 });

describe('a request that was left', () => {
  it('begins its run, says so in the factory chain, and is over before the run is', async () => {
    const halt = house.programs.halt('lint');
    const { request: id } = await leave();
    process.serve();
    await halt.begun;
    await house.ended(id);
    const [run] = await runs();
    expect(await house.told(factoryChain, 'request.taken')).toEqual([{ type: 'request.taken', request: id, runs: [run] }]);
    expect((await house.view(id)).output).toMatchObject({ runs: [run] });
    halt.go();
    await house.ended(run ?? '');
  });

  it('under one key is one, and without a key each is its own; their seed is one run all the same', async () => {
    expect(await leave({ key: 'a' })).toMatchObject({ state: 'new' });
    expect(await leave({ key: 'a' })).toMatchObject({ state: 'exists' });
    expect(await leave({ key: 'b' })).toMatchObject({ state: 'new' });
    const [first, second] = [await leave(), (house.clock.advance(1), await leave())];
    expect(first.request).not.toBe(second.request);
    process.serve();
    for (const { request: id } of [first, second]) await house.ended(id);
    expect(await runs()).toHaveLength(1);
  });

  it('for later waits for its time', async () => {
    const { request: id } = await leave({ notBefore: '2026-01-01T02:00:00.000Z' });
    process.serve();
    await house.pass(7_199_999);
    expect((await house.view(id)).state).toBe('open');
    await house.pass(1);
    await house.ended(id);
  });

  it('that cannot be worked ends with what its author must mend, and fails nothing', async () => {
    const { request: id } = await leave({}, { subject: { kind: 'all' } });
    process.serve();
    await house.ended(id);
    expect(await house.told(factoryChain, 'request.refused')).toMatchObject([
      { request: id, code: 'usage', mend: expect.stringContaining('jidoka') },
    ]);
    expect(await house.view(id)).toMatchObject({ state: 'ended', failure: '', output: { code: 'usage' } });
    expect(await runs()).toEqual([]);
  });

  it('whose process dies is taken up again, and its run is begun once', async () => {
    let reached: () => void = () => {};
    const standing = new Promise<void>((resolve) => (reached = resolve));
    let go: (line: Line) => void = () => {};
    const held = new Promise<Line>((resolve) => (go = resolve));
    lineOf = () => (reached(), held);
    const { request: id } = await leave();
    const doomed = house.process();
    doomed.serve();
    await standing;
    await doomed.engine.die();
    lineOf = async () => line;
    go(line); // the dead process goes on as well, and its end does not count
    process.serve();
    await house.ended(id);
    await house.quiet();
    expect(await runs()).toHaveLength(1);
    expect(await house.told(factoryChain, 'request.taken')).toHaveLength(1);
    expect(await house.told(parseRunId((await runs())[0] ?? ''), 'run.started')).toHaveLength(1);
  });

  it('whose plan names a model that is not there is refused, and not left', async () => {
    const decide = () => Promise.reject(new Error('Nobody asks here.'));
    house.router = { models: ['cheap'], chooses: async () => true, decide };
    process = house.process();
    await expect(leave({}, { plan: ['cheep'] })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('"cheep" is no model'),
    });
    expect(await house.control.works({ kind: 'request', open: true, limit: 1 })).toEqual([]);
  });

  it('that is urgent goes first', async () => {
    await leave({}, { priority: 100, subject: { kind: 'task', key: 'usual', title: 'usual', body: '', paths: null } });
    await leave({}, { priority: 1, subject: { kind: 'task', key: 'urgent', title: 'urgent', body: '', paths: null } });
    await house.control.setLimit({ key: 'global', atOnce: 1, rate: null, by: 'operator' });
    const order: string[] = [];
    house.programs.set('lint', ({ env }) => (order.push(env?.['JIDOKA_RUN']?.split('-')[1] ?? ''), 0));
    await house.control.pause({ scope: 'queue:stages', why: '', by: 'ada', at: house.clock.now() });
    process.serve();
    await house.until(async () => (await runs()).length === 2);
    await house.control.unpause('queue:stages');
    for (const run of await runs()) await house.ended(run);
    expect(order).toEqual(['urgent', 'usual']);
  });
});
