import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeStage,
  commandStage,
  gateStage,
  MemoryHouse,
  onlyRuns,
  runInput,
  taskLine,
  writer,
  type HouseProcess,
} from '../../../../kit/house/index.ts';
import type { RunId } from '../../../core/base/ids.ts';
import type { Line } from '../../../core/line/line.ts';
import { factoryChain } from '../../../core/ports/ledger.ts';
import { cancelRun, performRunStep, submitRun } from '../index.ts';

let house: MemoryHouse;
let process: HouseProcess;

beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  house.stations.set('writer', writer());
  process = house.process();
});

async function begin(line: Line, key: string): Promise<RunId> {
  const input = runInput(line, key);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  return input.run;
}

/** Works one run to its end. */
async function worked(line: Line, key: string): Promise<RunId> {
  const run = await begin(line, key);
  await house.ended(run);
  house.clock.advance(1000);
  return run;
}

const paused = async (): Promise<readonly string[]> => (await house.control.pauses()).map(({ scope, by }) => `${scope} by ${by}`);

describe('the breaker of a line', () => {
  const line = taskLine([changeStage(), commandStage('lint')], { limits: { identicalFailures: 3 } });

  it('pauses the line at the third end alike in a row, says so in the factory chain, and only a person lifts it', async () => {
    process.serve();
    house.programs.codes('lint', 1);
    await worked(line, 'one');
    await worked(line, 'two');
    expect(await paused()).toEqual([]);
    const third = await worked(line, 'three');
    expect(await paused()).toEqual(['line:tasks by factory']);
    expect(await house.told(factoryChain, 'factory.paused')).toMatchObject([
      { scope: 'line:tasks', why: '3 runs in a row ended with command-failed' },
    ]);
    const fourth = await begin(line, 'four');
    await house.quiet();
    expect((await house.view(fourth)).steps[0]?.held).toEqual([expect.stringMatching(/^line:tasks is paused by factory: 3 runs/)]);
    expect((await house.view(third)).state).toBe('ended');
    house.programs.codes('lint', 0);
    await house.control.unpause('line:tasks');
    await house.ended(fourth);
    expect(await paused()).toEqual([]);
  });

  it('counts anew after a run that ended well, and after one that ended otherwise', async () => {
    process.serve();
    for (const [key, code] of [1, 1, 0, 1, 1, 2, 1, 1].entries()) {
      house.programs.codes('lint', code);
      await worked(line, `run${key}`);
    }
    expect(await paused()).toEqual([]);
    await worked(line, 'last');
    expect(await paused()).toEqual(['line:tasks by factory']);
  });

  it('sees runs that end at the same moment', async () => {
    const halt = house.programs.halt('lint');
    const runs = await Promise.all(['one', 'two', 'three'].map((key) => begin(line, key)));
    process.serve();
    await house.quiet();
    halt.go(1);
    for (const run of runs) await house.ended(run);
    expect(await paused()).toEqual(['line:tasks by factory']);
  });

  it('does not count what a person cancelled', async () => {
    house.programs.halt('lint');
    process.serve();
    for (const key of ['one', 'two', 'three']) {
      const run = await begin(line, key);
      await house.quiet();
      await cancelRun(run, { by: 'ada', why: '' }, process.needs);
      await house.ended(run);
    }
    expect(await paused()).toEqual([]);
  });
});

describe('the cap on what waits for a person', () => {
  const line = taskLine([changeStage(), gateStage('review')], { limits: { waitingForReview: 2 } });

  it('counts open gates and delivered branches, holds back new runs, and is freed by `reviewed`', async () => {
    process.serve();
    const first = await begin(line, 'one');
    const second = await begin(line, 'two');
    await house.quiet();
    const third = await begin(line, 'three');
    await house.quiet();
    const ids = async (): Promise<readonly string[]> => (await house.control.reviews()).map(({ id }) => id);
    expect(await ids()).toEqual([`${first}/review/1`, `${second}/review/1`]);
    expect((await house.view(third)).steps[0]?.held).toEqual(['line tasks has 2 of 2 results waiting for review']);

    // An expired gate is waited for no more; a run that began is never held back.
    await house.pass(3_600_000);
    await house.ended(first);
    await house.ended(second);
    await house.quiet();
    expect(await ids()).toEqual([`${third}/review/1`]);
  });

  it('is taken by a delivered branch until somebody has looked at it', async () => {
    const plain = taskLine([changeStage()], { limits: { waitingForReview: 1 } });
    process.serve();
    const first = await worked(plain, 'one');
    expect(await house.control.reviews()).toMatchObject([{ id: first, what: 'task one in shop. (jidoka/tasks/one)' }]);
    const second = await begin(plain, 'two');
    await house.quiet();
    expect((await house.view(second)).state).toBe('open');
    expect(await house.control.reviewed(first, 'ada')).toBe(true);
    await house.ended(second);
  });
});
