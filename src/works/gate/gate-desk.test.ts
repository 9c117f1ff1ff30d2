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
import type { Actor } from '../../core/gate/answer.ts';
import type { Line } from '../../core/line/line.ts';
import type { GateReply, GateView } from '../../core/ports/factory.ts';
import { cancelRun, performRunStep, submitRun } from '../run/index.ts';
import { gateDesk } from './index.ts';

const hourMs = 3_600_000;
const ada: Actor = { name: 'ada', kind: 'person', roles: ['reviewer'] };
const heard: (readonly string[])[] = [];
let house: MemoryHouse;
let process: HouseProcess;

beforeEach(() => {
  house = new MemoryHouse({
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  heard.length = 0;
  house.stations.set(
    'writer',
    writer(async ({ feedback, workspace }) => {
      heard.push(feedback);
      await workspace.files.write('made.js', `// ${heard.length}\n`);
    }),
  );
  process = house.process();
});

/** Begins a run and lets it come to rest. */
async function rested(line: Line): Promise<RunId> {
  const input = runInput(line);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  process.serve();
  await house.quiet();
  return input.run;
}

function answer(gate: string, reply: Partial<GateReply> = {}, by: HouseProcess = process): Promise<GateView> {
  return gateDesk(async () => by.needs).answer(gate, { choice: 'approve', note: '', digest: null, actor: ada, ...reply });
}

const show = (gate: string): Promise<GateView> => gateDesk(async () => process.needs).show(gate);
const open = (): Promise<readonly GateView[]> => gateDesk(async () => process.needs).open();

function expectIntact(run: RunId, verdict: string): void {
  const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
  expect(verifyEvidence(house.folders.get(run) ?? new Map(), {}, host)).toMatchObject({ kind: 'intact', verdict });
}

const reviewed = taskLine([changeStage(), commandStage('lint'), gateStage('review', { onFail: { stage: 'change', atMost: 1 } })]);

describe('a run at a gate', () => {
  it('rests: it has no step but the expiry, and nobody holds a place for it', async () => {
    await house.control.setLimit({ key: 'global', atOnce: 1, rate: null, by: 'operator' });
    const run = await rested(reviewed);
    const { steps } = await house.view(run);
    expect(steps).toMatchObject([{ id: 'expire/review/1', queue: 'control', state: 'waiting', notBefore: '2026-01-01T01:00:00.000Z' }]);
    expect(await house.control.usage()).toMatchObject([{ key: 'global', taken: 0 }]);
    expect(await open()).toMatchObject([
      {
        gate: `${run}/review/1`,
        run,
        line: 'tasks',
        state: 'open',
        shown: ['change: The station writer changed made.js.', 'lint: `lint` ended well.'],
        files: [{ path: 'made.js' }],
      },
    ]);
    expect(await house.control.reviews()).toMatchObject([{ id: `${run}/review/1`, run, line: 'tasks' }]);
  });

  it('survives the death of every process, and goes on after the approval without repeating a stage', async () => {
    const run = await rested(reviewed);
    const { digest } = await show(`${run}/review/1`);
    await process.engine.die();
    const heir = house.process();
    expect(await answer(`${run}/review/1`, { digest }, heir)).toMatchObject({ state: 'approved', by: 'ada' });
    heir.serve();
    await house.ended(run);
    expect(await house.told(run, 'stage.started')).toMatchObject([{ stage: 'change' }, { stage: 'lint' }, { stage: 'review' }]);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'PR_READY' }]);
    expect(await open()).toEqual([]);
    expect(await house.control.reviews()).toMatchObject([{ id: run }]);
    expectIntact(run, 'PR_READY');
  });

  it('shows after its answer what it showed before', async () => {
    const run = await rested(taskLine([gateStage('review'), commandStage('last')]));
    const before = await show(`${run}/review/1`);
    const after = await answer(`${run}/review/1`);
    await house.ended(run);
    expect([after.shown, (await show(`${run}/review/1`)).shown]).toEqual([before.shown, before.shown]);
  });

  it('that is rejected is sent back with the note in hand, and asked anew of new evidence', async () => {
    const run = await rested(reviewed);
    const { digest } = await show(`${run}/review/1`);
    await answer(`${run}/review/1`, { choice: 'reject', note: 'Name it better.' });
    await house.quiet();
    expect(heard.at(-1)).toEqual(['review: ada rejected "review": Name it better.']);
    const second = await show(`${run}/review/2`);
    expect(second.state).toBe('open');
    expect(second.digest).not.toBe(digest);
    await answer(`${run}/review/2`);
    await house.ended(run);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'PR_READY' }]);
    expectIntact(run, 'PR_READY');
  });

  it('that is rejected with no way back ends in ESCALATE', async () => {
    const run = await rested(taskLine([changeStage(), gateStage('review')]));
    await answer(`${run}/review/1`, { choice: 'reject', note: 'No.' });
    await house.ended(run);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'gate-rejected' } }]);
    expectIntact(run, 'ESCALATE');
  });

  it('that nobody answers in time counts as refused, and is not asked again', async () => {
    const run = await rested(reviewed);
    await house.pass(hourMs - 1);
    expect(await open()).toHaveLength(1);
    await house.pass(1);
    await house.ended(run);
    expect(await house.told(run, 'gate.expired')).toHaveLength(1);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ verdict: 'ESCALATE', reason: { code: 'gate-expired' } }]);
    expect(await show(`${run}/review/1`)).toMatchObject({ state: 'expired' });
    expect(await house.control.reviews()).toEqual([]);
    expectIntact(run, 'ESCALATE');
  });

  it('gives the words of an answer to the station that works next', async () => {
    const run = await rested(taskLine([gateStage('ask'), changeStage()]));
    await answer(`${run}/ask/1`, { choice: 'answer', note: 'Use tabs.' });
    await house.ended(run);
    expect(heard).toEqual([['Use tabs.']]);
  });

  it('is about evidence that a parallel branch does not change', async () => {
    const halt = house.programs.halt('slow');
    const run = await rested(
      taskLine([
        commandStage('prepare'),
        gateStage('review', { after: ['prepare'] }),
        commandStage('slow', { after: ['prepare'] }),
        commandStage('last', { after: ['review', 'slow'] }),
      ]),
    );
    const { digest } = await show(`${run}/review/1`);
    halt.go();
    await house.quiet();
    expect(await house.told(run, 'stage.completed')).toHaveLength(2);
    await answer(`${run}/review/1`, { digest });
    await house.ended(run);
    expectIntact(run, 'NO_OP');
  });
});

describe('a gate refuses', () => {
  const refused = (why: RegExp) => ({ code: 'gate-refused', message: expect.stringMatching(why) });

  it('a second answer, also of two that come at once', async () => {
    const run = await rested(reviewed);
    const gate = `${run}/review/1`;
    const answers = await Promise.allSettled([answer(gate), answer(gate, { choice: 'reject', note: 'No.' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await house.told(run, 'gate.answered')).toHaveLength(1);
    await expect(answer(gate)).rejects.toMatchObject(refused(/ada (approved|rejected) it/));
  });

  it.each([
    ['an agent, whatever its roles', { actor: { name: 'coder', kind: 'agent', roles: ['reviewer', '*'] } as const }, /person's to answer/],
    ['whoever has another role', { actor: { ...ada, roles: ['author'] } }, /is for reviewer, and ada is author/],
    ['an answer to other evidence', { digest: 'f'.repeat(64) }, /about the evidence/],
    ['a rejection without words', { choice: 'reject' } as const, /needs words/],
  ])('%s', async (_what, reply, why) => {
    const run = await rested(reviewed);
    await expect(answer(`${run}/review/1`, reply)).rejects.toMatchObject(refused(why));
    expect(await house.told(run, 'gate.answered')).toEqual([]);
    expect(await open()).toHaveLength(1);
  });

  it('an answer after its time, also where nobody has closed it yet', async () => {
    const run = await rested(reviewed);
    await process.engine.die();
    house.clock.advance(hourMs);
    const heir = house.process();
    await expect(answer(`${run}/review/1`, {}, heir)).rejects.toMatchObject(refused(/expired at 2026-01-01T01:00/));
  });

  it('an answer after its run was cancelled, also before that has come to its end', async () => {
    const run = await rested(reviewed);
    await process.engine.die();
    const heir = house.process();
    await cancelRun(run, { by: 'ada', why: '' }, heir.needs);
    await expect(answer(`${run}/review/1`, {}, heir)).rejects.toMatchObject(refused(/goes on without it/));
    expect(await gateDesk(async () => heir.needs).open()).toEqual([]);
    expect(await house.control.reviews()).toEqual([]);
    heir.serve();
    await house.ended(run);
    expect(await house.told(run, 'verdict.decided')).toMatchObject([{ reason: { code: 'cancelled' } }]);
  });

  it('an answer after its branch was gone without', async () => {
    const halt = house.programs.halt('quick');
    const run = await rested(
      taskLine([
        gateStage('review', { after: [] }),
        commandStage('quick', { after: [] }),
        commandStage('last', { after: ['review', 'quick'], join: 'any' }),
      ]),
    );
    halt.go();
    await house.ended(run);
    await expect(answer(`${run}/review/1`)).rejects.toMatchObject(refused(/goes on without it/));
    expect(await house.control.reviews()).toEqual([]);
  });

  it('a name that no gate has, and one that several begin with', async () => {
    const run = await rested(taskLine([gateStage('one', { after: [] }), gateStage('two', { after: [] })]));
    await expect(answer('nothing/like/this')).rejects.toMatchObject({ code: 'gate-unknown' });
    await expect(answer(run)).rejects.toMatchObject({ code: 'gate-unknown', message: expect.stringMatching(/several gates/) });
    expect(await answer(`${run}/tw`)).toMatchObject({ stage: 'two', state: 'approved' });
  });
});
