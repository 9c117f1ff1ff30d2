import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeStage,
  commandStage,
  MemoryHouse,
  onlyRuns,
  runInput,
  taskLine,
  writer,
  type HouseProcess,
} from '../../../kit/house/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { RunId } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { HeldStep } from '../../core/ports/engine.ts';
import { performRunStep, submitRun } from './index.ts';

let house: MemoryHouse;
let first: HouseProcess;
let second: HouseProcess;

beforeEach(() => settle());

/** A new house with two processes; its repository has these files, or those of a house. */
function settle(files?: Readonly<Record<string, string>>): void {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
    ...(files && { files }),
  });
  house.stations.set('writer', writer());
  [first, second] = [house.process(), house.process()];
}

async function begin(line: Line): Promise<RunId> {
  const input = runInput(line);
  await first.engine.transaction((tx) => submitRun(input, first.needs, tx));
  return input.run;
}

describe('a stage', () => {
  it('is opened and ended in the record: its facts and its completion come together', async () => {
    settle({ '.jidoka/factory.yaml': 'environment:\n  setup: []\n' });
    const run = await begin(taskLine([commandStage('lint')]));
    first.serve();
    await house.ended(run);
    expect((await house.bodies(run)).map(({ type }) => type).slice(2, 9)).toEqual([
      'stage.started',
      'environment.read',
      'workspace.opened',
      'workspace.used',
      'fact.found',
      'stage.completed',
      'fact.found',
    ]);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'NO_OP', reason: { code: 'all-stages-hold' } }]);
  });

  it('whose floor cannot confine anything ends in ESCALATE with what to do, and nothing was run', async () => {
    house.ground.fault = new JidokaError('no-sandbox', 'This machine cannot confine commands.', { mend: 'Install bubblewrap.' });
    const run = await begin(taskLine([commandStage('lint')]));
    first.serve();
    await house.ended(run);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([
      { verdict: 'ESCALATE', reason: { message: expect.stringContaining('Install bubblewrap.') } },
    ]);
    expect(await house.told(run, 'stage.started')).toMatchObject([{ where: { floor: 'memory', tier: 'none', host: '' } }]);
    expect(house.programs.log).toEqual([]);
  });

  it('whose floor is out of reach is tried again, and goes on where it answers', async () => {
    house.ground.fault = new JidokaError('floor-unreachable', 'The host does not answer.', { mend: 'Wait.' });
    const run = await begin(taskLine([commandStage('lint', { retries: 3 })]));
    first.serve();
    await house.until(async () => (await house.told(run, 'stage.retried')).length === 1);
    house.ground.fault = null;
    await house.pass(10_000);
    await house.ended(run);
    expect(await house.told(run, 'stage.retried')).toMatchObject([{ class: 'network' }]);
    expect(await house.told(run, 'stage.completed')).toMatchObject([{ outcome: 'done' }]);
  });

  it('whose process was fenced at its end leaves none of its events', async () => {
    const halt = house.programs.halt('lint');
    const run = await begin(taskLine([commandStage('lint')]));
    first.serve();
    await halt.begun;
    await first.engine.die();
    house.programs.codes('lint', 0);
    halt.go(1);
    await house.quiet();
    expect(await house.told(run, 'stage.completed')).toEqual([]);
    expect(await house.told(run, 'fact.found')).toEqual([]);
    second.serve();
    await house.ended(run);
    expect(await house.told(run, 'stage.completed')).toMatchObject([{ outcome: 'done' }]);
    expect(await house.told(run, 'step.reclaimed')).toMatchObject([
      { executor: first.engine.executor, by: second.engine.executor, times: 1 },
    ]);
    expect(house.ground.names()).toEqual([]);
  });

  it('that is completed is not done again: its step only brings the plan in line', async () => {
    const run = await begin(taskLine([commandStage('lint'), commandStage('style')]));
    let held: HeldStep | undefined;
    first.engine.serve({ role: 'worker', name: null, queues: null, labels: [], atOnce: 1, version: '0.0.0' }, (step) => {
      held = step;
      return new Promise(() => {});
    });
    await house.until(() => held !== undefined);
    const at = house.clock.now();
    const completed = {
      type: 'stage.completed',
      stage: 'lint',
      attempt: 1,
      outcome: 'done',
      summary: 'It holds.',
      durationMs: 1,
      output: {},
    } as const;
    await house.ledger.append(run, [{ key: 'lint/1/completed', at, actor: 'factory', body: completed }]);
    await first.engine.die();
    second.serve({ atOnce: 1 });
    await house.ended(run);
    expect(house.programs.log).toEqual(['style']);
    expect(await house.told(run, 'stage.completed')).toHaveLength(2);
  });

  it('whose surroundings fail is tried again after its wait and twice that, holding no place meanwhile, and then becomes a fact', async () => {
    await house.control.setLimit({ key: 'global', atOnce: 1, rate: null, by: 'operator' });
    house.programs.set('lint', () => {
      throw new JidokaError('disk-full', 'No room is left.', { mend: 'Make room.' });
    });
    const run = await begin(taskLine([commandStage('lint', { retries: 2 })]));
    first.serve();
    for (const [tries, delayMs] of [
      [1, 10_000],
      [2, 20_000],
    ] as const) {
      await house.until(async () => (await house.told(run, 'stage.retried')).length === tries);
      await house.quiet();
      expect((await house.view(run)).steps).toMatchObject([{ id: 'stage/lint/1', state: 'waiting' }]);
      expect(await house.control.usage()).toMatchObject([{ key: 'global', taken: 0 }]);
      await house.pass(delayMs - 1);
      expect(await house.told(run, 'stage.retried')).toHaveLength(tries);
      await house.pass(1);
    }
    await house.ended(run);
    expect(house.programs.log).toHaveLength(3);
    expect(await house.told(run, 'stage.completed')).toMatchObject([{ outcome: 'failed' }]);
    expect((await house.told(run, 'fact.found'))[0]).toMatchObject({ fact: { check: 'environment', code: 'disk', data: { attempts: 3 } } });
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'RETRYABLE_FAILURE' }]);
  });

  it('is not tried again for a failure that trying does not mend', async () => {
    house.programs.set('lint', () => {
      throw new JidokaError('workspace-failed', 'The floor is away.', { mend: 'Wait.' });
    });
    const run = await begin(taskLine([commandStage('lint', { retries: 2 })]));
    first.serve();
    await house.ended(run);
    expect(await house.told(run, 'stage.retried')).toEqual([]);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'environment' } }]);
  });

  it.each(['command', 'change'])('that is over its deadline is ended as a timeout: a %s', async (does) => {
    const halt = house.programs.halt('lint');
    house.stations.set(
      'writer',
      writer(({ signal }) => halt.stand(signal)),
    );
    const stage = does === 'command' ? commandStage('lint', { deadline: '10s' }) : changeStage({ deadline: '10s' });
    const run = await begin(taskLine([stage]));
    first.serve();
    await halt.begun;
    await house.pass(9_999);
    expect(await house.told(run, 'stage.completed')).toEqual([]);
    await house.pass(1);
    await house.ended(run);
    expect(await house.told(run, 'stage.completed')).toMatchObject([{ outcome: 'failed' }]);
    expect((await house.told(run, 'fact.found'))[0]).toMatchObject({ fact: { check: 'environment', code: 'timeout' } });
    expect(house.ground.names()).toEqual([]);
  });

  it('that ends in time leaves no deadline behind', async () => {
    const run = await begin(taskLine([commandStage('lint', { deadline: '10s' })]));
    first.serve();
    await house.ended(run);
    await house.quiet();
    expect(house.clock.sleepers()).toBe(0);
  });

  it('whose processes died 26 times is tried no more, and ends as a crash', async () => {
    let halt = house.programs.halt('lint');
    const run = await begin(taskLine([commandStage('lint', { retries: 3 })]));
    for (let deaths = 0; deaths < 26; deaths += 1) {
      const doomed = house.process();
      doomed.serve();
      await halt.begun;
      halt = house.programs.halt('lint');
      await doomed.engine.die();
    }
    first.serve();
    await house.ended(run);
    expect(house.programs.log).toHaveLength(26);
    expect(await house.told(run, 'stage.retried')).toEqual([]);
    expect((await house.told(run, 'fact.found'))[0]).toMatchObject({ fact: { check: 'environment', code: 'crash' } });
  });

  it('that a stopping process cuts has no result, and the next process does it', async () => {
    const halt = house.programs.halt('lint');
    const run = await begin(taskLine([commandStage('lint')]));
    const service = first.serve();
    await halt.begun;
    await service.stop('at-once');
    expect(halt.cuts).toEqual(['stopping']);
    expect(await house.told(run, 'stage.completed')).toEqual([]);
    house.programs.codes('lint', 0);
    second.serve();
    await house.ended(run);
    expect(await house.told(run, 'stage.completed')).toMatchObject([{ outcome: 'done' }]);
    expect(await house.told(run, 'step.reclaimed')).toEqual([]);
  });

  it('goes on with the process that a dead one had started, instead of starting another', async () => {
    const halt = house.programs.halt('agent');
    let starts = 0;
    house.stations.set(
      'writer',
      writer(async ({ workspace, signal, handle, remember }) => {
        const process = (handle ?? null) as { id: string; pid: number; life: string; startedAt: string } | null;
        starts += process === null ? 1 : 0;
        const own = process ?? (await workspace.start({ argv: ['agent'], cwd: '', timeoutMs: 1000, network: 'none' }));
        await remember({ ...own });
        await workspace.attach(own, { timeoutMs: 1000, signal });
        await workspace.files.write('made.js', 'made');
      }),
    );
    const run = await begin(taskLine([changeStage()]));
    first.serve();
    await house.until(async () => (await house.told(run, 'station.started')).length === 1);
    await first.engine.die();
    second.serve();
    await house.until(async () => (await house.told(run, 'station.started')).length === 2);
    halt.go();
    await house.ended(run);
    expect([starts, house.programs.log]).toEqual([1, ['agent']]);
    expect(await house.told(run, 'change.harvested')).toMatchObject([{ files: [{ path: 'made.js' }] }]);
    expect(house.ground.names()).toEqual([]);
  });

  it('begins a station anew where the process that had started it stands still and holds its workspace', async () => {
    const halt = house.programs.halt('agent');
    let starts = 0;
    house.stations.set(
      'writer',
      writer(async ({ workspace, signal, handle, remember }) => {
        starts += handle === null ? 1 : 0;
        const own = await workspace.start({ argv: ['agent'], cwd: '', timeoutMs: 1000, network: 'none' });
        await remember({ ...own });
        if (starts === 1) await halt.stand(signal);
        await workspace.files.write('made.js', 'made');
      }),
    );
    const run = await begin(taskLine([changeStage()]));
    first.serve();
    await house.until(async () => (await house.told(run, 'station.started')).length === 1);
    const { executors } = house.plant;
    const still = executors.get(first.engine.executor);
    await first.engine.die();
    if (still !== undefined) executors.set(first.engine.executor, { ...still, isLive: true });
    second.serve();
    await house.ended(run);
    expect(starts).toBe(2);
    expect(await house.told(run, 'stage.completed')).toMatchObject([{ stage: 'change', outcome: 'done' }]);
  });
});
