import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDeed } from '../../kit/agent/index.ts';
import { testPath } from '../../kit/repository/index.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openDesk, type Desk } from './desk.ts';
import { agentScript, mends, slugFiles } from './slugs.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const tests = slugFiles[testPath] ?? '';
const loosened = tests.replace("assert.strictEqual(slug('Hello World'), 'hello-world')", "assert.ok(slug('Hello World'))");

/** An honest fix that also edits the tests that are there. */
function mendsAnd(content: string): AgentDeed {
  return {
    files: { ...mends.files, [testPath]: content },
    report: { state: 'DONE', summary: 'Mended.', filesChanged: ['src/slug.js', testPath] },
  };
}

interface Waiting {
  readonly run: string;
  readonly gates: readonly { readonly gate: string; readonly question: string }[];
}

async function untilGate(deed: AgentDeed): Promise<Waiting> {
  const ended = await desk.ask(agentScript({ change: [deed, mends] }), { args: ['--until-gate'] });
  expect(ended.code).toBe(5);
  return JSON.parse(ended.stdout) as Waiting;
}

describe('a change that edits an assertion which passed before', () => {
  it('waits for a person who sees the assertion, and goes out with it where he approves', async () => {
    const { run, gates } = await untilGate(mendsAnd(loosened));
    expect(gates).toMatchObject([{ question: expect.stringMatching(/test\/slug\.test\.js:\d+: an assertion accepts more than before/) }]);
    expect((await desk.scene.ask(['approve', gates[0]?.gate ?? '', '--note', 'Any slug will do.'])).code).toBe(0);
    const { end, events, fact, result } = await desk.told(readResult(await desk.scene.ask(['resume', run, '--json'])));
    expect([end, fact('person'), fact('tamper'), fact('tests')]).toEqual([
      'PR_READY validated',
      'holds gate-approved',
      'holds not-tampered',
      'holds tests-hold',
    ]);
    expect(events.filter(({ type }) => type === 'rework.ordered')).toEqual([]);
    const { stdout } = await promisify(execFile)('git', ['-C', desk.repository.path, 'show', `${result.branch}:${testPath}`]);
    expect(stdout).toBe(loosened);
  });

  it('is done again without it where he rejects it', async () => {
    const { run, gates } = await untilGate(mendsAnd(loosened));
    await desk.scene.ask(['reject', gates[0]?.gate ?? '', '--note', 'Leave that assertion alone.']);
    const { end, events } = await desk.told(readResult(await desk.scene.ask(['resume', run, '--json'])));
    expect(end).toBe('PR_READY validated');
    expect(events.filter(({ type }) => type === 'rework.ordered')).toMatchObject([
      { from: 'assertions', to: 'change', objection: expect.stringContaining('Leave that assertion alone.') },
    ]);
  });

  it('asks nobody where it weakens the tests in another way as well: that is no person’s to approve in passing', async () => {
    const skipped = loosened.replace("test('drops", "test.skip('drops");
    const { end, events, fact } = await desk.work(agentScript({ change: [mendsAnd(skipped)] }), { once: true });
    expect([end, fact('tamper')]).toEqual(['ESCALATE unverified-part', 'broken tampered']);
    expect(events.filter(({ type }) => type === 'gate.opened')).toEqual([]);
  });
});
