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
import type { RunId } from '../../core/base/ids.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { Line } from '../../core/line/line.ts';
import { gateDesk } from '../gate/index.ts';
import { performRunStep, submitRun } from './index.ts';

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

function verified(run: RunId) {
  const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
  return verifyEvidence(house.folders.get(run) ?? new Map<string, Uint8Array>(), {}, host);
}

const stages = async (run: RunId) =>
  (await house.told(run, 'stage.completed')).map(({ stage, attempt, outcome }) => `${stage} ${attempt} ${outcome}`);

describe('branches', () => {
  it('that end at once both count, and what follows them begins once', async () => {
    const [left, right] = [house.programs.halt('left'), house.programs.halt('right')];
    const run = await begin(
      taskLine([
        commandStage('left', { after: [] }),
        commandStage('right', { after: [] }),
        commandStage('after', { after: ['left', 'right'], join: 'all' }),
      ]),
    );
    process.serve();
    await Promise.all([left.begun, right.begun]);
    left.go();
    right.go();
    await house.ended(run);
    expect((await stages(run)).slice(0, 2).sort()).toEqual(['left 1 done', 'right 1 done']);
    expect(house.programs.log.slice(2)).toEqual(['after']);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'NO_OP' });
  });

  it('that lose a join of any are withdrawn: their signal is aborted, and nothing of them counts', async () => {
    const [slow, quick] = [house.programs.halt('slow'), house.programs.halt('quick')];
    const run = await begin(
      taskLine([
        commandStage('slow', { after: [] }),
        commandStage('quick', { after: [] }),
        commandStage('after', { after: ['slow', 'quick'], join: 'any' }),
      ]),
    );
    process.serve();
    await Promise.all([slow.begun, quick.begun]);
    quick.go();
    await house.ended(run);
    expect(slow.cuts).toEqual(['withdrawn']);
    expect(await house.told(run, 'stage.forgone')).toMatchObject([{ stage: 'slow', attempt: 1 }]);
    expect(await stages(run)).toEqual(['quick 1 done', 'after 1 done']);
    expect(house.ground.names()).toEqual([]);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'NO_OP' });
  });

  it('that fail are gone without where enough others hold', async () => {
    house.programs.codes('a', 1);
    const run = await begin(
      taskLine([
        commandStage('a', { after: [] }),
        commandStage('b', { after: [] }),
        commandStage('c', { after: [] }),
        commandStage('after', { after: ['a', 'b', 'c'], join: { atLeast: 2 } }),
      ]),
    );
    process.serve();
    await house.ended(run);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'NO_OP' }]);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'NO_OP' });
  });
});

describe('a rework', () => {
  const line = (more = {}): Line => taskLine([changeStage(), commandStage('lint', { onFail: { stage: 'change', atMost: 2 } })], more);

  it('does the change again with the objection in hand, and the facts of the first attempt count no more', async () => {
    const heard: (readonly string[])[] = [];
    house.stations.set(
      'writer',
      writer(async ({ feedback, workspace }) => {
        heard.push(feedback);
        await workspace.files.write('made.js', `// ${heard.length}\n`);
      }),
    );
    house.programs.codes('lint', 1, 0);
    const run = await begin(line());
    process.serve();
    await house.ended(run);
    expect(await stages(run)).toEqual(['change 1 done', 'lint 1 objected', 'change 2 done', 'lint 2 done']);
    expect(await house.told(run, 'rework.ordered')).toMatchObject([
      {
        from: 'lint',
        to: 'change',
        voids: [
          { stage: 'change', attempt: 1 },
          { stage: 'lint', attempt: 1 },
        ],
      },
    ]);
    expect(heard).toEqual([[], [expect.stringMatching(/^lint: `lint` ended with exit code 1/)]]);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'PR_READY' }]);
    expect(house.forge.writes).toEqual(['refs/heads/jidoka/tasks/one', `refs/jidoka/evidence/${run}`]);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'PR_READY' });
  });

  it('stops at the same objection twice in a row: that gets nowhere', async () => {
    house.programs.codes('lint', 1);
    const run = await begin(line());
    process.serve();
    await house.ended(run);
    expect(await stages(run)).toEqual(['change 1 done', 'lint 1 objected', 'change 2 done', 'lint 2 objected']);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'command-failed' } }]);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'ESCALATE' });
  });

  it('happens so often at most as the line says', async () => {
    house.programs.codes('lint', 1, 2, 3, 4);
    const run = await begin(line());
    process.serve();
    await house.ended(run);
    expect(await house.told(run, 'rework.ordered')).toHaveLength(2);
    expect(house.programs.log).toHaveLength(3);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'ESCALATE' });
  });

  it('in a line without a change leaves evidence that verifies', async () => {
    house.programs.codes('check', 1, 0);
    const run = await begin(
      taskLine([
        commandStage('prepare'),
        commandStage('check', { onFail: { stage: 'prepare', atMost: 1 } }),
        gateStage('review', { onFail: { stage: 'check', atMost: 1 } }),
        commandStage('last'),
      ]),
    );
    process.serve();
    await house.quiet();
    const desk = gateDesk(async () => process.needs);
    const reviewer = { name: 'ada', kind: 'person', roles: ['reviewer'] } as const;
    await desk.answer(`${run}/review/2`, { choice: 'reject', note: 'Look again.', digest: null, actor: reviewer });
    await house.quiet();
    await desk.answer(`${run}/review/3`, { choice: 'approve', note: '', digest: null, actor: reviewer });
    await house.ended(run);
    expect(await stages(run)).toEqual([
      'prepare 1 done',
      'check 1 objected',
      'prepare 2 done',
      'check 2 done',
      'review 2 objected',
      'check 3 done',
      'review 3 done',
      'last 3 done',
    ]);
    expect(verified(run)).toMatchObject({ kind: 'intact', verdict: 'NO_OP' });
  });
});
