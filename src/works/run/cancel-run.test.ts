import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../kit/evidence/index.ts';
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
import { JidokaError } from '../../core/base/error.ts';
import type { RunId } from '../../core/base/ids.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { Line } from '../../core/line/line.ts';
import { cancelRun, performRunStep, submitRun } from './index.ts';

let house: MemoryHouse;
let process: HouseProcess;

beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  house.stations.set('writer', writer());
  process = house.process();
});

async function begin(line: Line): Promise<RunId> {
  const input = runInput(line);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  return input.run;
}

const cancel = (run: RunId): Promise<boolean> => cancelRun(run, { by: 'ada', why: 'not needed' }, process.needs);

async function expectCancelled(run: RunId): Promise<void> {
  await house.ended(run);
  expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'cancelled' } }]);
  expect(await house.told(run, 'run.ended')).toHaveLength(1);
  const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
  expect(verifyEvidence(house.folders.get(run) ?? new Map(), {}, host)).toMatchObject({ kind: 'intact', verdict: 'ESCALATE' });
  expect(house.forge.refs.has('refs/heads/jidoka/tasks/one')).toBe(false);
  expect(house.forge.refs.has(`refs/jidoka/evidence/${run}`)).toBe(true);
  expect(await house.control.reviews()).toEqual([]);
  expect(house.ground.names()).toEqual([]);
}

const whole = taskLine([
  commandStage('prepare'),
  changeStage(),
  commandStage('lint', { onFail: { stage: 'change', atMost: 1 } }),
  gateStage('review'),
  commandStage('last'),
]);

describe('a cancelled run', () => {
  it('ends with sealed, delivered evidence wherever it was cancelled', async () => {
    // Its events are counted once without anybody cancelling; each count is then a place to cancel at.
    house.programs.codes('lint', 1, 0);
    const counted = await begin(whole);
    process.serve();
    await house.quiet();
    const places = (await house.ledger.read(counted)).length;
    expect(await house.told(counted, 'gate.opened')).toHaveLength(1);
    await process.engine.close();

    for (let place = 2; place <= places; place += 1) {
      house = new MemoryHouse({
        hands: {
          schedule: () => Promise.reject(new Error('none')),
          request: () => Promise.reject(new Error('none')),
          run: async (step, signal, { needs }) => {
            if ((await house.ledger.read(step.work as RunId)).length >= place) await cancel(step.work as RunId);
            await performRunStep(step, signal, needs);
          },
        },
      });
      house.stations.set('writer', writer());
      house.programs.codes('lint', 1, 0);
      process = house.process();
      const run = await begin(whole);
      process.serve();
      await house.quiet();
      await cancel(run);
      await expectCancelled(run);
    }
  });

  it('stops what is in hand at once', async () => {
    const halt = house.programs.halt('prepare');
    const run = await begin(whole);
    process.serve();
    await halt.begun;
    expect(await cancel(run)).toBe(true);
    await house.quiet();
    expect(halt.cuts).toEqual(['withdrawn']);
    await expectCancelled(run);
    expect(await house.told(run, 'stage.completed')).toEqual([]);
  });

  it('is cancelled once: a second time, and one that has ended, changes nothing', async () => {
    const halt = house.programs.halt('prepare');
    const run = await begin(whole);
    process.serve();
    await halt.begun;
    expect(await Promise.all([cancel(run), cancel(run)])).toEqual([true, false]);
    await expectCancelled(run);
    expect(await house.told(run, 'run.cancelled')).toHaveLength(1);
    expect(await cancel(run)).toBe(false);
    expect(await cancelRun('nobody', { by: 'ada', why: '' }, process.needs)).toBe(false);
  });

  it('says cancelled also where a failure of the surroundings came just before', async () => {
    house.programs.set('prepare', async () => {
      await house.control.pause({ scope: 'line:tasks', why: 'held', by: 'ada', at: house.clock.now() });
      throw new JidokaError('disk-full', 'No room is left.', { mend: 'Make room.' });
    });
    const run = await begin(taskLine([commandStage('prepare')]));
    process.serve();
    await house.quiet();
    expect((await house.view(run)).steps).toMatchObject([{ id: 'decide', held: [expect.stringContaining('paused')] }]);
    expect(await cancel(run)).toBe(true);
    await house.control.unpause('line:tasks');
    await expectCancelled(run);
  });

  it('goes to its end also where the factory had failed on it', async () => {
    const broken = taskLine([changeStage({ station: 'nobody' })]);
    const run = await begin(broken);
    process.serve();
    await house.until(async () => (await house.view(run)).state === 'failed');
    expect(await cancel(run)).toBe(true);
    await expectCancelled(run);
  });

  it('that nobody works on ends as soon as somebody does', async () => {
    const run = await begin(whole);
    expect(await cancel(run)).toBe(true);
    process.serve();
    await expectCancelled(run);
    expect(house.programs.log).toEqual([]);
  });
});
