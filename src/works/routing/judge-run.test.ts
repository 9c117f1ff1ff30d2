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
import { workedAttempts } from '../../core/gateway/routing/learning/worked-attempts.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { Judgement } from '../../core/ports/factory.ts';
import { runDetails } from '../dispatch/index.ts';
import { performRunStep, submitRun } from '../run/index.ts';
import { evidenceFiles } from '../delivery/index.ts';
import { gateDesk } from '../gate/index.ts';
import { routingDesk } from './index.ts';

const ada: Judgement['actor'] = { name: 'ada', kind: 'person', roles: [] };
let house: MemoryHouse;
let process: HouseProcess;

beforeEach(() => {
  house = new MemoryHouse({ hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)) });
  const usage = { model: 'small-1', input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: null, costUsd: 0.5 };
  house.stations.set('writer', {
    name: 'writer',
    perform: async (job): Promise<Claim> => ({ ...(await writer().perform(job)), station: 'agent', usage }),
  });
  process = house.process();
});

const desk = () =>
  routingDesk(
    async () => process.needs,
    async () => [],
  );

async function submitted(stages = [changeStage()]): Promise<RunId> {
  const input = runInput(taskLine(stages));
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  process.serve();
  return input.run;
}

async function ended(): Promise<RunId> {
  const run = await submitted();
  await house.ended(run);
  return run;
}

const said = async (run: RunId) => (await house.told(run, 'outcome.judged')).map(({ right, why }) => [right, why]);

describe('what a person finds of a result', () => {
  it('is on record once, however often it is said, and what is said last counts', async () => {
    const run = await ended();
    expect(await desk().judge(run.slice(0, 9), { right: false, why: 'reverted', actor: ada })).toMatchObject({
      run,
      verdict: 'PR_READY',
      changed: true,
    });
    expect(await desk().judge(run, { right: false, why: 'reverted', actor: ada })).toMatchObject({ changed: false });
    await desk().judge(run, { right: true, why: '', actor: ada });
    await desk().judge(run, { right: false, why: 'reverted', actor: ada });
    expect(await said(run)).toEqual([
      [false, 'reverted'],
      [true, ''],
      [false, 'reverted'],
    ]);
    expect((await runDetails(process.needs, run)).judged).toEqual({
      right: false,
      why: 'reverted',
      by: 'ada',
      at: process.needs.clock.now(),
    });
    expect(workedAttempts(await house.ledger.read(run))).toMatchObject([{ passed: true, right: false, judged: false }]);
  });

  it('is one after the other where two say it at once', async () => {
    const run = await ended();
    await Promise.all([true, false, true].map((right) => desk().judge(run, { right, why: '', actor: ada })));
    expect(await said(run)).toEqual([
      [true, ''],
      [false, ''],
      [true, ''],
    ]);
  });

  it('leaves the evidence of the run as it was sealed', async () => {
    const run = await ended();
    const files = async () => evidenceFiles(run, await house.ledger.read(run), house.blobs);
    const before = await files();
    await desk().judge(run, { right: false, why: 'reverted', actor: ada });
    const after = await files();
    expect(after).toEqual(before);
    const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
    expect(verifyEvidence(after, {}, host)).toMatchObject({ kind: 'intact', verdict: 'PR_READY' });
  });

  it('is not taken from an agent, nor of a run that is under way or unknown', async () => {
    const run = await submitted([changeStage(), gateStage('review')]);
    await house.quiet();
    const judge = (text: string, actor = ada) => desk().judge(text, { right: true, why: '', actor });
    await expect(judge(run)).rejects.toMatchObject({ code: 'judgement-refused', message: expect.stringContaining('has not ended') });
    await expect(judge(run, { name: 'coder', kind: 'agent', roles: ['*'] })).rejects.toMatchObject({ code: 'access-refused' });
    await expect(judge('nothing')).rejects.toMatchObject({ code: 'run-unknown' });
    expect(await said(run)).toEqual([]);
  });
});

describe('an answer at a gate', () => {
  const gated = [changeStage(), commandStage('lint'), gateStage('review', { onFail: { stage: 'change', atMost: 1 } })];
  const answer = (gate: string, choice: 'approve' | 'reject') =>
    gateDesk(async () => process.needs).answer(gate, { choice, note: 'So.', digest: null, actor: { ...ada, roles: ['reviewer'] } });

  it('is what a person found of what had passed by then: a rejection, and an approval of the next attempt', async () => {
    const run = await submitted(gated);
    await house.quiet();
    await answer(`${run}/review/1`, 'reject');
    await house.quiet();
    await answer(`${run}/review/2`, 'approve');
    await house.ended(run);
    expect((await desk().outcomes({})).records).toMatchObject([
      { attempt: 1, passed: true, right: false, by: 'person' },
      { attempt: 2, passed: true, right: true, by: 'person' },
    ]);
  });
});

describe('outcomes of a ledger', () => {
  it('are what attempts came to, corrected by people, of one line and since a time where asked', async () => {
    const run = await ended();
    await desk().judge(run, { right: false, why: '', actor: ada });
    const { records, leftOut } = await desk().outcomes({});
    expect(records).toMatchObject([
      { run, model: 'small-1', right: false, passed: true, by: 'person', usd: 0.5, attempt: 1, line: 'tasks' },
    ]);
    expect(records[0]).not.toHaveProperty('plan');
    expect(leftOut).toEqual({ undecided: 0, unpriced: 0 });
    expect((await desk().outcomes({ line: 'other' })).records).toEqual([]);
    expect((await desk().outcomes({ since: '2026-01-02T00:00:00.000Z' })).records).toEqual([]);
    expect((await desk().outcomes({ line: 'tasks', since: '2026-01-01T00:00:00.000Z' })).records).toHaveLength(1);
  });
});
