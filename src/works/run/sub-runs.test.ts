import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../kit/evidence/index.ts';
import { commandStage, MemoryHouse, onlyRuns, runInput, taskLine, writer, type HouseProcess } from '../../../kit/house/index.ts';
import { parseRunId, type RunId } from '../../core/base/ids.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { Join, Line, Stage } from '../../core/line/line.ts';
import type { Engine } from '../../core/ports/engine.ts';
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

const child = taskLine([commandStage('check')], { name: 'part' });

function fanOut(join: Join, items: readonly string[] = ['a', 'b', 'c'], more: Partial<Stage> = {}): Stage {
  return { id: 'parts', does: 'runs', runs: { line: 'part', items: [...items], join }, ...more };
}

function parent(stages: readonly Stage[]): Line {
  return taskLine(stages, { lines: [child] });
}

async function begin(line: Line): Promise<RunId> {
  const input = runInput(line);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  return input.run;
}

/** Ids of the runs of the child line, oldest first. */
async function children(): Promise<readonly RunId[]> {
  const ids = await house.control.works({ kind: 'run', limit: 1000 });
  return ids
    .filter((id) => id.startsWith('part-'))
    .map(parseRunId)
    .toReversed();
}

/** Makes the check of some items fail. */
function failing(...items: readonly string[]): void {
  house.programs.set('check', ({ env }) => (items.some((item) => env?.['JIDOKA_RUN']?.includes(`-${item}-`)) ? 1 : 0));
}

function expectIntact(run: RunId, verdict: string): void {
  const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
  expect(verifyEvidence(house.folders.get(run) ?? new Map(), {}, host)).toMatchObject({ kind: 'intact', verdict });
}

describe('the runs of a run', () => {
  it.each<[Join, readonly string[], string, string]>([
    ['all', [], 'NO_OP', 'all-stages-hold'],
    ['all', ['b'], 'ESCALATE', 'runs-not-ready'],
    ['any', ['a', 'b'], 'NO_OP', 'all-stages-hold'],
    ['any', ['a', 'b', 'c'], 'ESCALATE', 'runs-not-ready'],
    [{ atLeast: 2 }, ['c'], 'NO_OP', 'all-stages-hold'],
    [{ atLeast: 2 }, ['a', 'c'], 'ESCALATE', 'runs-not-ready'],
  ])('joined by %j, of which %j fail, come to %s', async (join, bad, verdict, code) => {
    failing(...bad);
    const run = await begin(parent([fanOut(join)]));
    process.serve();
    await house.ended(run);
    for (const each of await children()) await house.ended(each);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict, reason: { code } }]);
    expect(await children()).toHaveLength(3);
    expectIntact(run, verdict);
    for (const each of await children()) expect(await house.told(each, 'run.started')).toMatchObject([{ parent: run }]);
  });

  it('rest with it: while they are under way it has no step and nobody holds anything for it', async () => {
    const halt = house.programs.halt('check');
    const run = await begin(parent([fanOut('all')]));
    process.serve();
    await house.quiet();
    expect((await house.view(run)).steps).toEqual([]);
    halt.go();
    await house.ended(run);
    expect(await house.told(run, 'child.ended')).toHaveLength(3);
  });

  it('that end before it says that it waits for them are counted all the same', async () => {
    const halt = house.programs.halt('settling');
    const { engine } = process.needs;
    const stalled: Engine = {
      ...engine,
      // Stands between the last registration and its own end, while all of them come to theirs.
      transaction: async (work) => {
        const result = await engine.transaction(work);
        if ((await children()).length === 3) await halt.stand();
        return result;
      },
    };
    const run = await begin(parent([fanOut('all')]));
    engine.serve({ role: 'worker', name: null, queues: null, labels: [], atOnce: 8, version: '0.0.0' }, (step, signal) =>
      performRunStep(step, signal, step.work === run ? { ...process.needs, engine: stalled } : process.needs),
    );
    await halt.begun;
    for (const each of await children()) await house.ended(each);
    expect((await house.bodies(run)).map(({ type }) => type).slice(2)).toEqual([
      'stage.started',
      'child.ended',
      'child.ended',
      'child.ended',
    ]);
    halt.go();
    await house.ended(run);
    expect(await house.told(run, 'children.started')).toHaveLength(1);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'NO_OP' }]);
  });

  it('are started once, also where a process dies between two batches of them', async () => {
    const items = Array.from({ length: 50 }, (_, at) => `item${at}`);
    const run = await begin(parent([fanOut('all', items)]));
    const doomed = house.process();
    const { engine } = doomed.needs;
    let transactions = 0;
    const mortal: Engine = {
      ...engine,
      transaction: async (work) => {
        transactions += 1;
        // The stage is opened in one, and then there is one for each batch.
        if (transactions === 3) await doomed.engine.die();
        return await engine.transaction(work);
      },
    };
    engine.serve({ role: 'worker', name: null, queues: null, labels: [], atOnce: 1, version: '0.0.0' }, (step, signal) =>
      step.work === run ? performRunStep(step, signal, { ...doomed.needs, engine: mortal }) : new Promise(() => {}),
    );
    await house.until(() => transactions === 3);
    await house.quiet();
    expect(await children()).toHaveLength(20);
    expect(await house.told(run, 'children.started')).toEqual([]);
    process.serve();
    await house.ended(run);
    expect(await children()).toHaveLength(50);
    for (const each of await children()) expect(await house.told(each, 'run.started')).toHaveLength(1);
  });

  it('are cancelled with it, and their evidence is whole', async () => {
    const halt = house.programs.halt('check');
    const run = await begin(parent([fanOut('all')]));
    process.serve();
    await halt.begun;
    await house.quiet();
    expect(await cancelRun(run, { by: 'ada', why: 'enough' }, process.needs)).toBe(true);
    for (const each of [run, ...(await children())]) {
      await house.ended(each);
      expect(await house.told(each, 'verdict.decided')).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'cancelled' } }]);
      expectIntact(each, 'ESCALATE');
    }
    expect(halt.cuts).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
    expect((await house.told((await children())[0] ?? run, 'run.cancelled'))[0]?.why).toBe(`enough (with ${run})`);
  });

  it('are cancelled with it also where it had not said yet that it started them', async () => {
    const run = await begin(
      parent([
        fanOut(
          'all',
          Array.from({ length: 30 }, (_, at) => `item${at}`),
        ),
      ]),
    );
    const doomed = house.process();
    const { engine } = doomed.needs;
    let transactions = 0;
    const mortal: Engine = {
      ...engine,
      transaction: async (work) => {
        transactions += 1;
        if (transactions === 3) await doomed.engine.die();
        return await engine.transaction(work);
      },
    };
    engine.serve({ role: 'worker', name: null, queues: null, labels: [], atOnce: 1, version: '0.0.0' }, (step, signal) =>
      step.work === run ? performRunStep(step, signal, { ...doomed.needs, engine: mortal }) : new Promise(() => {}),
    );
    await house.until(() => transactions === 3);
    await house.quiet();
    expect(await children()).toHaveLength(20);
    await cancelRun(run, { by: 'ada', why: '' }, process.needs);
    process.serve();
    for (const each of [run, ...(await children())]) await house.ended(each);
    expect(await children()).toHaveLength(20);
    expect(house.programs.log).toEqual([]);
  });

  it('are done again by a rework, and those of the attempt before go on no more', async () => {
    const halt = house.programs.halt('check');
    const run = await begin(parent([commandStage('prepare'), fanOut('all', ['a', 'b'], { onFail: { stage: 'prepare', atMost: 1 } })]));
    process.serve();
    await house.quiet();
    const [first] = await children();
    // One of two fails: the join is broken while the other is still under way.
    house.programs.codes('check', 0);
    await cancelRun(first ?? run, { by: 'ada', why: '' }, process.needs);
    await house.ended(run);
    for (const each of await children()) await house.ended(each);
    const verdicts = await Promise.all((await children()).map(async (each) => (await house.told(each, 'verdict.decided'))[0]?.reason.code));
    expect(verdicts).toEqual(['cancelled', 'cancelled', 'all-stages-hold', 'all-stages-hold']);
    expect(halt.cuts).toEqual(['withdrawn', 'withdrawn']);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'NO_OP' }]);
    expectIntact(run, 'NO_OP');
  });
});
