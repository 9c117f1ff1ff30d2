import { beforeEach, describe, expect, it } from 'vitest';
import { changeStage, MemoryHouse, onlyRuns, runInput, taskLine, type HouseProcess } from '../../../kit/house/index.ts';
import { recordingOf } from '../../core/evidence/recording.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import type { RunId } from '../../core/base/ids.ts';
import { Script } from '../../core/station/script.ts';
import { playedStation } from '../station/index.ts';
import { performRunStep, submitRun } from './index.ts';

let house: MemoryHouse;
let process: HouseProcess;
beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  process = house.process();
  process.serve();
});

const done = (...filesChanged: string[]): object => ({ state: 'DONE', summary: 'Written.', filesChanged });
const judged = (kind: string): object => ({ state: 'DONE', summary: 'It is what it is.', kind });

/** A line whose stages are all played by one station. */
function played(station: string, deeds: object, stages: readonly Stage[] = [changeStage({ station })], more: Partial<Line> = {}): Line {
  house.stations.set(station, playedStation(station, { forge: house.forge }));
  return taskLine(stages, { scripts: [Script.parse({ station, deeds })], ...more });
}

async function ended(line: Line): Promise<{ readonly run: RunId; readonly end: string; readonly message: string }> {
  const input = runInput(line);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  await house.ended(input.run);
  const [decided] = await house.told(input.run, 'verdict.decided');
  return { run: input.run, end: `${decided?.verdict} ${decided?.reason.code}`, message: decided?.reason.message ?? '' };
}

const script = { change: [{ files: { 'src/a.js': '1\n' }, report: done('src/a.js') }] };

describe('a station that is played', () => {
  it('does what its script says, under a name that says so', async () => {
    const { run, end } = await ended(played('script:one', script));
    expect(end).toBe('PR_READY validated');
    expect(await house.told(run, 'claim.made')).toMatchObject([
      { form: 'change', attempt: 1, claim: { station: 'script:one', says: 'changed', report: done('src/a.js') } },
    ]);
    expect(await house.told(run, 'change.harvested')).toMatchObject([{ files: [{ path: 'src/a.js', status: 'added' }] }]);
  });

  it('has a deed for each attempt of its stage', async () => {
    house.programs.codes('lint', 1, 0);
    const lint: Stage = { id: 'lint', does: 'command', run: ['lint'], onFail: { stage: 'change', atMost: 1 } };
    const deeds = { change: [...script.change, { files: { 'src/b.js': '2\n' }, report: done('src/b.js') }] };
    const { run } = await ended(played('script:one', deeds, [changeStage({ station: 'script:one' }), lint]));
    expect((await house.told(run, 'change.harvested')).map(({ files }) => files.map(({ path }) => path))).toEqual([
      ['src/a.js'],
      ['src/b.js'],
    ]);
  });

  it.each([
    ['claims what it did not change', { change: [{ report: done('src/a.js') }] }, 'ESCALATE false-report'],
    ['hands in what is no report', { change: [{ report: { verdict: 'PR_READY' } }] }, 'ESCALATE station-failed'],
    ['has a patch that does not fit', { change: [{ patch: 'no patch', report: done('src/a.js') }] }, 'ESCALATE station-failed'],
    ['has nothing for a form', { review: [{ report: { state: 'DONE', summary: 'So.', verdict: 'approve' } }] }, 'ESCALATE environment'],
  ])('that %s is believed no more than any other', async (_, deeds, end) => {
    expect((await ended(played('script:one', deeds))).end).toBe(end);
  });
});

describe('a replay', () => {
  it('does what the record of a run says, finds the same, and is never ready to merge', async () => {
    const first = await ended(played('script:one', script));
    const events = await house.ledger.read(first.run);
    const texts = new Map<string, string>();
    for (const { body } of events)
      if (body.type === 'change.harvested') texts.set(body.patch.sha256, await house.blobs.text(body.patch.sha256));
    const recording = recordingOf(events, 'the-head', ({ sha256 }) => texts.get(sha256) ?? '');
    expect(recording).toMatchObject({ station: `replay:${first.run}`, head: 'the-head' });

    const station = recording?.station ?? '';
    const again = await ended(played(station, recording?.deeds ?? {}));
    expect(again.end).toBe('ESCALATE replayed');
    expect(again.message).toContain('none is broken');
    const [before, after] = [await house.told(first.run, 'change.harvested'), await house.told(again.run, 'change.harvested')];
    expect(after.map(({ patch }) => patch.sha256)).toEqual(before.map(({ patch }) => patch.sha256));
    expect(house.forge.writes.filter((ref) => ref.startsWith('refs/heads/'))).toHaveLength(1);
  });

  it('is not made of a run that does not tell its forms', async () => {
    const { run } = await ended(played('script:one', script));
    const events = (await house.ledger.read(run)).map((event) => {
      if (event.body.type !== 'claim.made') return event;
      const { form: _, ...old } = event.body;
      return { ...event, body: old };
    });
    expect(recordingOf(events, 'head', () => '')).toBeNull();
  });
});

describe('a judgement that is optional', () => {
  const classify = (station: string, more: Partial<Stage> = {}): Stage => ({
    id: 'classify',
    does: 'judgement',
    form: 'classification',
    station,
    optional: true,
    ...more,
  });
  const line = (deeds: object, station = 'script:one'): Line =>
    played('script:one', { ...script, ...deeds }, [classify(station), changeStage({ station: 'script:one' })]);

  it.each([
    ['hands in nothing', { classification: [{}] }],
    ['hands in what is no report', { classification: [{ report: { kind: 'bug' } }] }],
    ['cannot work', {}],
    ['says that it could not', { classification: [{ report: { state: 'RETRYABLE_FAILURE', summary: 'Away.', cause: 'No.' } }] }],
  ])('is gone on without where its station %s, and the record says so', async (_, deeds) => {
    const { run, end } = await ended(line(deeds));
    expect(end).toBe('PR_READY validated');
    expect(await house.told(run, 'observed')).toMatchObject([
      { stage: 'classify', what: 'gone on without', summary: expect.stringMatching(/^The run goes on without a classification: /) },
    ]);
    expect((await house.told(run, 'claim.made')).map(({ stage }) => stage)).toEqual(['classify', 'change']);
  });

  it('is gone on without where its station is none that the factory has, and no workspace is opened for it', async () => {
    const { run, end } = await ended(line({}, 'nobody'));
    expect(end).toBe('PR_READY validated');
    expect((await house.told(run, 'workspace.opened')).map(({ stage }) => stage)).toEqual(['change']);
  });

  it.each([
    ['a wish', judged('feature'), 'ESCALATE not-a-bug'],
    ['a question', judged('question'), 'ESCALATE not-a-bug'],
    ['a bug', judged('bug'), 'PR_READY validated'],
    ['one that lacks something', { ...judged('bug'), missing: ['the version'] }, 'ESCALATE missing-context'],
  ])('counts like any other where it says that the ticket is %s', async (_, report, end) => {
    expect((await ended(line({ classification: [{ report }] }))).end).toBe(end);
  });
});
