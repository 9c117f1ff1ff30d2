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
import type { EventBody } from '../../core/evidence/event.ts';
import type { PlannedRoute } from '../../core/gateway/routing/plan-run.ts';
import type { Line } from '../../core/line/line.ts';
import { cancelRun, performRunStep, type RunInput, submitRun } from '../run/index.ts';
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

async function submitted(line: Line, more: Pick<RunInput, 'plan'> = {}): Promise<RunId> {
  const input = { ...runInput(line), ...more };
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  return input.run;
}

const owing = () =>
  routingDesk(
    async () => process.needs,
    async () => [],
  ).openRuns();

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

it('a run tells the plan that a person chose for its changes, and what is left of those that were chosen for its stages', async () => {
  const run = await submitted(taskLine([changeStage()]), { plan: { by: 'ada', models: ['small', 'big'] } });
  const plans = async () => (await owing())[0]?.plans;
  expect(await plans()).toEqual({ ofChanges: 'small,big', ofStages: {} });
  const route = { plan: ['cheap', 'strong'], chances: { other: {} }, excluded: [], override: null } as unknown as PlannedRoute; // no more of it is looked at
  const said = { at: '2026-01-01T00:00:00.000Z', actor: 'factory' } as const;
  const note = (key: string, body: EventBody) => process.needs.ledger.append(run, [{ ...said, key, body }]);
  await note('route/change', { type: 'route.decided', stage: 'change', attempt: 1, route });
  expect(await plans()).toEqual({ ofChanges: 'small,big', ofStages: { change: 'cheap,strong,other' } });
  const none = { ...route, plan: null };
  await note('route/review', { type: 'route.decided', stage: 'review', attempt: 1, route: none });
  expect(await plans()).toEqual({ ofChanges: 'small,big', ofStages: { change: 'cheap,strong,other' } });
});
