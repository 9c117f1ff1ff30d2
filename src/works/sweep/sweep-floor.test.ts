import { expect, it } from 'vitest';
import { MemoryHouse, onlyRuns, runInput, taskLine, commandStage, type HouseProcess } from '../../../kit/house/index.ts';
import { cancelRun, performRunStep, submitRun } from '../run/index.ts';
import { sweepFloor } from './index.ts';

function newHouse(): MemoryHouse {
  return new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
}

/** Leaves a workspace of a dead process, with something running in it or not. */
async function leave(house: MemoryHouse, name: string, isRunning: boolean): Promise<void> {
  const doomed = house.process();
  const workspace = await doomed.needs.floor.open(name);
  if (isRunning) await workspace.start({ argv: ['agent'], cwd: '', timeoutMs: 1000, network: 'none' });
  await doomed.engine.die();
}

async function begin(process: HouseProcess): Promise<string> {
  const input = runInput(taskLine([commandStage('lint')]));
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  return input.run;
}

it('a sweep ends what dead processes left for runs that are over, and leaves what open runs go on with', async () => {
  const house = newHouse();
  const process = house.process();
  const run = await begin(process);
  await leave(house, `${run}-change-1`, true);
  await leave(house, 'tasks-over-0000-change-1', true);
  await leave(house, `${run}-lint-1`, false);
  const mine = await process.needs.floor.open('mine');
  const stop = new AbortController();
  const sweeping = sweepFloor(process.needs, stop.signal);
  await house.quiet();
  expect(house.ground.names()).toEqual([`${run}-change-1`, mine.name]);

  await cancelRun(run, { by: 'ada', why: '' }, process.needs);
  process.serve();
  await house.ended(run);
  await house.pass(60_000);
  expect(house.ground.names()).toEqual([mine.name]);
  stop.abort();
  await sweeping;
});

it('a sweep that fails is tried again a minute later', async () => {
  const house = newHouse();
  const process = house.process();
  await leave(house, 'tasks-over-0000-change-1', true);
  let turns = 0;
  const floor = {
    ...process.needs.floor,
    reap: async () => {
      turns += 1;
      if (turns === 1) throw new Error('the floor is away');
      return await process.needs.floor.reap();
    },
  };
  const stop = new AbortController();
  const sweeping = sweepFloor({ ...process.needs, floor }, stop.signal);
  await house.quiet();
  expect(house.ground.names()).toHaveLength(1);
  await house.pass(60_000);
  expect([turns, house.ground.names()]).toEqual([2, []]);
  stop.abort();
  await sweeping;
});
