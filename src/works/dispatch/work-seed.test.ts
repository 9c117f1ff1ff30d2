import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeStage,
  commandStage,
  gateStage,
  type HouseProcess,
  MemoryHouse,
  onlyRuns,
  taskLine,
  taskRequest,
  writer,
} from '../../../kit/house/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { Service } from '../../core/ports/engine.ts';
import type { Router } from '../../core/ports/gateway/router.ts';
import type { RunRequest, RunResult } from '../../core/ports/factory.ts';
import { cancelRun, performRunStep } from '../run/index.ts';
import { resumeRun, runDetails, runSummaries, workRequest, type Crew } from './index.ts';

let house: MemoryHouse;
let crews: Map<HouseProcess, Crew>;

beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  house.stations.set('writer', writer());
  crews = new Map();
});

/** What a process does itself, where no worker lives. */
function crewOf(process: HouseProcess): Crew {
  let own: Service | null = null;
  const crew = crews.get(process) ?? { service: () => (own ??= process.serve({ role: 'caller' })) };
  crews.set(process, crew);
  return crew;
}

const request = taskRequest;

const plain = taskLine([changeStage(), commandStage('lint')]);

async function ask(process: HouseProcess, line: Line = plain, more: Partial<RunRequest> = {}, signal?: AbortSignal): Promise<RunResult> {
  const means = { line, needs: process.needs, crew: crewOf(process), ...(signal === undefined ? {} : { signal }) };
  const report = await workRequest({ ...request, ...more }, means);
  if (report.kind === 'many') throw new Error('one task is one run');
  return report.result;
}

const joined = (): readonly string[] => house.progress.flatMap((told) => (told.kind === 'run' ? [told.joined] : []));
const works = (): Promise<readonly string[]> => house.control.works({ limit: 100 });

describe('a plan that a person chose', () => {
  const router: Router = {
    models: ['cheap', 'strong'],
    chooses: async () => false,
    decide: async () => {
      throw new Error('Nobody asks here.');
    },
  };

  it('goes with the run, which is another than that of another plan, or of none', async () => {
    house.router = router;
    // Stations of no model are asked nothing; what they would be asked with is in the input.
    const line = taskLine([commandStage('lint')]);
    const process = house.process();
    const runs: string[] = [];
    for (const plan of [undefined, ['cheap', 'strong'], ['strong'], ['strong']])
      runs.push((await ask(process, line, plan === undefined ? {} : { plan })).run);
    expect(new Set(runs).size).toBe(3);
    expect(runs[2]).toBe(runs[3]);
    expect((await house.view(runs[1] ?? '')).input).toMatchObject({ plan: { by: 'cli:ada', models: ['cheap', 'strong'] } });
  });

  it.each([
    [['cheap', 'stronk'], '"stronk" is no model of this factory'],
    [['cheap', 'cheap'], '"cheap" is named twice'],
  ])('of %j is refused before anything is begun', async (plan, told) => {
    house.router = router;
    await expect(ask(house.process(), plain, { plan })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(told) });
    expect(await works()).toEqual([]);
  });

  it('is refused where the factory has no gateway', async () => {
    await expect(ask(house.process(), plain, { plan: ['cheap'] })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('no gateway of its own'),
    });
  });
});

describe('a seed', () => {
  it('is worked by whoever asks where no worker lives, and by the worker where one does', async () => {
    const caller = house.process();
    expect(await ask(caller)).toMatchObject({ verdict: 'PR_READY', branch: 'jidoka/tasks/one' });
    const worker = house.process();
    worker.serve();
    const [asker] = [house.process()];
    const { run } = await ask(asker, plain, { subject: { ...request.subject, key: 'two' } as RunRequest['subject'] });
    const started = await house.told(parseRunId(run), 'stage.started');
    expect(new Set(started.map(({ where }) => where.executor))).toEqual(new Set([worker.engine.executor]));
    expect(joined()).toEqual(['new', 'new']);
  });

  it('that two ask for at once is one run', async () => {
    const [first, second] = [house.process(), house.process()];
    const results = await Promise.all([ask(first), ask(second)]);
    expect(results[0]).toEqual(results[1]);
    expect(await works()).toHaveLength(1);
    expect([...joined()].sort()).toEqual(['new', 'under-way']);
    expect(house.programs.log).toEqual(['lint']);
  });

  it('that a dead process left is taken over where it was, not done anew', async () => {
    const halt = house.programs.halt('lint');
    const doomed = house.process();
    ask(doomed).catch(() => undefined);
    await halt.begun;
    await doomed.engine.die();
    house.programs.codes('lint', 0);
    const heir = house.process();
    const { run, verdict } = await ask(heir);
    expect([verdict, joined()]).toEqual(['PR_READY', ['new', 'resumed']]);
    expect((await house.told(parseRunId(run), 'stage.started')).map(({ stage }) => stage)).toEqual(['change', 'lint', 'lint']);
    expect(await house.told(parseRunId(run), 'step.reclaimed')).toHaveLength(1);
  });

  it('on which the factory failed goes on where it failed, once that is mended', async () => {
    house.stations.set('writer', { name: 'writer', perform: () => Promise.reject(new TypeError('a bug')) });
    const process = house.process();
    await expect(ask(process)).rejects.toMatchObject({ code: 'engine-failed', message: expect.stringContaining('a bug') });
    house.stations.set('writer', writer());
    expect(await ask(process)).toMatchObject({ verdict: 'PR_READY' });
    expect([joined(), (await works()).length]).toEqual([['new', 'resumed'], 1]);
  });

  it('that ended is reported as it ended, without any work, while what it delivered stands', async () => {
    const first = await ask(house.process());
    expect(await ask(house.process())).toEqual(first);
    expect([joined(), house.programs.log]).toEqual([['new', 'ended'], ['lint']]);
  });

  it.each([
    ['its branch is gone', async () => void house.forge.refs.delete('refs/heads/jidoka/tasks/one'), {}],
    ['it is asked for again', async () => undefined, { again: true }],
  ])('that ended is worked anew where %s', async (_why, change, more) => {
    const first = await ask(house.process());
    await change();
    const second = await ask(house.process(), plain, more);
    expect(second.run).not.toBe(first.run);
    expect(await house.told(parseRunId(second.run), 'run.started')).toMatchObject([{ attempt: 2 }]);
  });

  it('that ended in a failure that may pass is worked anew', async () => {
    house.programs.set('lint', () => {
      throw new JidokaError('disk-full', 'No room is left.', { mend: 'Make room.' });
    });
    const first = await ask(house.process());
    expect(first.verdict).toBe('RETRYABLE_FAILURE');
    house.programs.codes('lint', 0);
    expect(await ask(house.process())).toMatchObject({ verdict: 'PR_READY' });
  });

  it('is another run under another line, and the same one whoever asks', async () => {
    const first = await ask(house.process());
    expect((await ask(house.process(), plain, { actor: 'cli:bob' })).run).toBe(first.run);
    expect((await ask(house.process(), { ...plain, summary: 'changed' })).run).not.toBe(first.run);
  });

  it('is waited for until a signal says otherwise, and goes on without the one who waited', async () => {
    const halt = house.programs.halt('lint');
    const worker = house.process();
    worker.serve();
    const stop = new AbortController();
    const asked = ask(house.process(), plain, {}, stop.signal);
    await halt.begun;
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    halt.go();
    await house.ended((await works())[0] ?? '');
  });

  it('whose surroundings keep this process from its work tells that fault', async () => {
    const process = house.process();
    const full = new JidokaError('disk-full', 'The database has no room left.', { mend: 'Make room.' });
    const crew: Crew = {
      service: () =>
        process.engine.serve({ role: 'caller', name: null, queues: null, labels: [], atOnce: 1, version: '0.0.0' }, () =>
          Promise.reject(full),
        ),
    };
    let own: Service | null = null;
    const once: Crew = { service: () => (own ??= crew.service()) };
    await expect(workRequest(request, { line: plain, needs: process.needs, crew: once })).rejects.toBe(full);
  });
});

describe('a request is refused before any work', () => {
  it.each<[string, Line, Partial<RunRequest>, string]>([
    ['whose line names a station that is not there', taskLine([changeStage({ station: 'nobody' })]), {}, 'line-invalid'],
    ['whose line works on other seeds', { ...plain, seed: 'advisory' }, {}, 'usage'],
  ])('%s', async (_what, line, more, code) => {
    await expect(ask(house.process(), line, more)).rejects.toMatchObject({ code });
    expect(await works()).toEqual([]);
  });
});

describe('a run in the list', () => {
  const state = async (process: HouseProcess) => {
    const [only] = await runSummaries(process.needs, {});
    return only === undefined ? null : [only.state, only.waitsFor, only.verdict];
  };

  it('says where it stands: left, queued, running, waiting at a gate, ended', async () => {
    const halt = house.programs.halt('lint');
    const line = taskLine([commandStage('lint', { labels: ['gpu'] }), gateStage('review')]);
    const process = house.process();
    const asked = ask(process, line).catch(() => undefined);
    await house.until(async () => (await works()).length === 1);
    const run = (await works())[0] ?? '';
    expect(await state(process)).toEqual(['interrupted', '', null]);
    const plainWorker = house.process();
    plainWorker.serve();
    await house.quiet();
    expect(await state(process)).toEqual(['queued', 'no live worker of queue stages has the labels gpu', null]);
    const worker = house.process();
    worker.serve({ labels: ['gpu'] });
    await halt.begun;
    expect(await state(process)).toEqual(['running', '', null]);
    halt.go();
    await house.quiet();
    expect(await state(process)).toEqual(['waiting', 'review: May it go out? (reviewer)', null]);
    await cancelRun(run, { by: 'ada', why: '' }, process.needs);
    await asked;
    expect(await state(process)).toEqual(['ended', '', 'ESCALATE']);
    expect(house.progress).toContainEqual({ kind: 'waits', run, reason: 'review: May it go out? (reviewer)', gate: `${run}/review/1` });
  });

  it('says why the factory failed on it', async () => {
    house.stations.set('writer', { name: 'writer', perform: () => Promise.reject(new TypeError('a bug')) });
    const process = house.process();
    await ask(process).catch(() => undefined);
    expect(await state(process)).toEqual(['failed', 'a bug', null]);
  });
});

describe('a run that is taken up by its id', () => {
  it('is found by a beginning that no other has, and reported where it ended', async () => {
    const process = house.process();
    const first = await ask(process);
    const second = await ask(process, plain, { again: true });
    expect(await resumeRun(first.run.slice(0, -1), process.needs, crewOf(process))).toEqual(first);
    expect((await runDetails(process.needs, second.run)).result).toEqual(second);
    await expect(resumeRun('tasks-one', process.needs, crewOf(process))).rejects.toMatchObject({
      code: 'run-unknown',
      message: expect.stringMatching(/several runs/),
    });
    await expect(resumeRun('nobody', process.needs, crewOf(process))).rejects.toMatchObject({ code: 'run-unknown' });
  });

  it('goes on where a dead process left it, and where the factory failed on it', async () => {
    const halt = house.programs.halt('lint');
    const doomed = house.process();
    ask(doomed).catch(() => undefined);
    await halt.begun;
    await doomed.engine.die();
    house.programs.codes('lint', 0);
    const heir = house.process();
    const run = (await works())[0] ?? '';
    expect(await resumeRun(run, heir.needs, crewOf(heir))).toMatchObject({ verdict: 'PR_READY' });
    expect(joined().at(-1)).toBe('resumed');
  });
});
