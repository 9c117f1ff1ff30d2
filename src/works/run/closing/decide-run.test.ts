import { beforeEach, describe, expect, it } from 'vitest';
import { changeStage, commandStage, MemoryHouse, onlyRuns, runInput, taskLine, writer } from '../../../../kit/house/index.ts';
import type { ModelCount } from '../../../core/evidence/model-count.ts';
import type { RunId } from '../../../core/base/ids.ts';
import { noUsage } from '../../../core/gateway/money/usage.ts';
import type { Stage } from '../../../core/line/line.ts';
import { performRunStep, submitRun } from '../index.ts';

let house: MemoryHouse;
beforeEach(() => {
  house = new MemoryHouse({ hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)) });
  house.stations.set('writer', writer());
});

const count: ModelCount = {
  stage: 'change',
  station: 'writer',
  model: 'strong',
  calls: 3,
  usage: { ...noUsage, input: 10, output: 5 },
  microUsd: 1200,
  unpricedCalls: 0,
  asOf: '2026-11-20',
  savedMicroUsd: 0,
  estimatedCalls: 0,
};

/** Does a run of these stages, whose gateway would tell of calls. */
async function ended(...stages: readonly Stage[]): Promise<RunId> {
  const input = runInput(taskLine(stages));
  house.models.came.set(input.run, [count]);
  const { engine, needs, serve } = house.process();
  await engine.transaction((tx) => submitRun(input, needs, tx));
  serve();
  await house.ended(input.run);
  return input.run;
}

describe('what models came to', () => {
  it('is on record before the verdict of a run in which a station was begun', async () => {
    const run = await ended(changeStage());
    expect(await house.told(run, 'models.counted')).toEqual([{ type: 'models.counted', counts: [count] }]);
    const types = (await house.bodies(run)).map(({ type }) => type);
    expect(types.indexOf('models.counted')).toBeLessThan(types.indexOf('verdict.decided'));
  });

  it('is not asked where no station was begun: such a run waits for no gateway', async () => {
    const run = await ended(commandStage('lint'));
    expect(house.models.counted).toEqual([]);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'NO_OP' }]);
  });

  it('is not asked either where the stage of a station was never come to', async () => {
    house.programs.codes('lint', 1);
    const run = await ended(commandStage('lint'), changeStage());
    expect(await house.told(run, 'stage.started')).toHaveLength(1);
    expect(house.models.counted).toEqual([]);
  });
});
