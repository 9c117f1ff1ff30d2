import { beforeEach, expect, it } from 'vitest';
import { changeStage, MemoryHouse, onlyRuns, runInput, taskLine, type HouseProcess } from '../../../../../kit/house/index.ts';
import type { Claim } from '../../../../core/evidence/fact.ts';
import type { Line } from '../../../../core/line/line.ts';
import type { StationJob } from '../../../../core/ports/station.ts';
import { performRunStep, submitRun } from '../../index.ts';

let house: MemoryHouse;
let process: HouseProcess;
let jobs: { readonly station: string; readonly job: StationJob; readonly files: readonly string[] }[];

beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  process = house.process();
  jobs = [];
});

type Said = Partial<Claim>;

const failed: Said = { says: 'failed', code: 'program-failed', summary: 'The program ended with exit code 1.' };

/** A station that starts a program; each of its turns writes a file, and stands still or says this. The last one stays. */
function program(name: string, ...turns: readonly ['stands' | Said, ...('stands' | Said)[]]): void {
  const halt = house.programs.halt(name);
  let turn = 0;
  house.stations.set(name, {
    name,
    perform: async (job): Promise<Claim> => {
      jobs.push({ station: name, job, files: await job.workspace.files.list('') });
      const what = turns[Math.min(turn++, turns.length - 1)];
      await job.workspace.files.write(`src/${name}-${turn}.js`, '');
      if (job.handle === null) {
        await job.workspace.start({ argv: ['true'], cwd: '', timeoutMs: 1000, network: 'none' });
        await job.remember({ turn });
      }
      if (what === 'stands') await halt.stand(job.signal);
      const well = { says: 'changed', code: 'written', summary: 'It wrote it.', steps: [], logs: [] } as const;
      return { kind: 'claim', station: name, ...well, ...(what === 'stands' ? {} : what) };
    },
  });
}

const line = taskLine([changeStage({ station: 'first' })]);
let { run } = runInput(line);

/** Runs a line, and kills the process that has it in hand whenever so many turns have begun. */
async function killedAfter(turns: readonly number[], of: Line = line): Promise<void> {
  ({ run } = runInput(of));
  await process.engine.transaction((tx) => submitRun(runInput(of), process.needs, tx));
  process.serve();
  for (const times of turns) {
    await house.until(async () => jobs.length === times && (await areOnRecord()));
    await process.engine.die();
    process = house.process();
    process.serve();
  }
  await house.ended(run);
}

/** Whether the ledger has every program that was begun. */
async function areOnRecord(): Promise<boolean> {
  const begun = jobs.filter(({ job }) => job.handle === null).length;
  return (await house.told(run, 'station.started')).length === begun;
}

const resumed = async (): Promise<readonly string[]> => (await house.told(run, 'station.resumed')).map(({ how }) => how);

async function verdict(): Promise<string> {
  const [decided] = await house.told(run, 'verdict.decided');
  return `${decided?.verdict} ${decided?.reason.code}`;
}

it('a program that fails after its factory was killed is begun anew from the base, in the same attempt', async () => {
  program('first', 'stands', failed, {});
  await killedAfter([1]);
  expect(await verdict()).toBe('PR_READY validated');
  expect(await house.told(run, 'station.resumed')).toMatchObject([
    { stage: 'change', attempt: 1, station: 'first', how: 'attached', why: '' },
    { stage: 'change', attempt: 1, station: 'first', how: 'begun-anew', why: expect.stringMatching(/had died.*ended with exit code 1\.$/) },
  ]);
  expect(jobs.map(({ job: { handle, attempt } }) => [handle, attempt])).toEqual([
    [null, 1],
    [{ turn: 1 }, 1],
    [null, 1],
  ]);
  expect(jobs[2]?.files).not.toContain('src/first-1.js');
  expect(await house.told(run, 'claim.made')).toMatchObject([{ claim: { says: 'changed' } }]);
  expect(house.ground.names()).toEqual([]);
});

it('one that ends well counts, and is begun once', async () => {
  program('first', 'stands', {});
  await killedAfter([1]);
  expect([await verdict(), await resumed(), jobs.length]).toEqual(['PR_READY validated', ['attached'], 2]);
});

it('what was begun anew is judged as any other where it fails', async () => {
  program('first', 'stands', failed);
  await killedAfter([1]);
  expect([await verdict(), await resumed(), jobs.length]).toEqual(['ESCALATE station-failed', ['attached', 'begun-anew'], 3]);
  expect(await house.told(run, 'claim.made')).toHaveLength(1);
});

it('is begun anew once for each time that its factory is killed', async () => {
  program('first', 'stands', failed, 'stands', failed, {});
  await killedAfter([1, 3]);
  expect([await verdict(), await resumed()]).toEqual(['PR_READY validated', ['attached', 'begun-anew', 'attached', 'begun-anew']]);
  expect(jobs).toHaveLength(5);
});

it('is not handed over for what it lost with its factory, and goes on as itself where it had taken over', async () => {
  const both = taskLine([changeStage({ station: ['first', 'second'] })]);
  program('first', { ...failed, failure: 'login' });
  program('second', 'stands', { ...failed, failure: 'crash' }, {});
  await killedAfter([2], both);
  expect([await verdict(), await resumed()]).toEqual(['PR_READY validated', ['attached', 'begun-anew']]);
  expect(jobs.map(({ station }) => station)).toEqual(['first', 'second', 'second', 'second']);
  expect(jobs[3]?.files).not.toContain('src/first-1.js');
  expect(await house.told(run, 'station.handed-over')).toHaveLength(1);
});

it.each([
  [false, 'ESCALATE station-failed', ['attached'], 1],
  [true, 'PR_READY validated', ['attached', 'begun-anew'], 2],
])('one that a budget refused fails for that, unless it was answered after (%s)', async (answeredAfter, end, how, times) => {
  house.models.refusals.set('first', { calls: 2, sentence: '', answeredAfter });
  program('first', 'stands', failed, {});
  await killedAfter([1]);
  expect([await verdict(), await resumed()]).toEqual([end, how]);
  expect(await house.told(run, 'models.refused')).toHaveLength(times);
});
