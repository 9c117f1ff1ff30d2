import { beforeEach, expect, it } from 'vitest';
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
} from '../../../kit/house/index.ts';
import type { RunId } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import { cancelRun, performRunStep, submitRun } from '../run/index.ts';
import { routingDesk } from './index.ts';

let house: MemoryHouse;
let process: HouseProcess;

beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  house.stations.set('writer', writer());
  process = house.process();
});

async function submitted(line: Line): Promise<RunId> {
  const input = runInput(line);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  return input.run;
}

const owing = () => routingDesk(async () => process.needs).openRuns();

it('a run owes the stages of its own line that are still to be done: all, what comes behind a gate, and at its end none', async () => {
  const line = taskLine([changeStage(), gateStage('ask'), commandStage('lint')]);
  const run = await submitted(line);
  const ids = async () => (await owing()).map(({ run: id, owed }) => [id, owed?.stages.map((stage) => stage.id)]);
  expect(await ids()).toEqual([[run, ['change', 'ask', 'lint']]]);
  process.serve();
  await house.quiet();
  expect(await ids()).toEqual([[run, ['ask', 'lint']]]);
  await cancelRun(run, { by: 'ada', why: 'enough' }, process.needs);
  await house.ended(run);
  expect(await ids()).toEqual([]);
});
