import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coder, openAgentBench, type AgentBench, type Outcome } from '../../../test/station/agent-bench.ts';
import { realAgent } from '../../../test/station/real-agent.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(() => bench.close());

const report = { state: 'DONE', summary: 'It says fixed now.', filesChanged: ['a.txt'], steps: ['Edited a.txt.'] };
const noOp = { state: 'NO_OP', rule: 'already-fixed', summary: 'It says so.', proof: [{ file: 'a.txt' }] };
const edit = { edit: { file: 'a.txt', old: 'broken', new: 'fixed' } };
const honest = [{ read: 'a.txt' }, edit, { report }, { say: 'All done.' }];

const kindsOf = ({ events }: Outcome): string[] => [...new Set(events.map(({ type }) => type))];
const turnsOf = ({ events }: Outcome): number => events.filter(({ type }) => type === 'session.started').length;

describe.each(['claude-code', 'codex', 'gemini', 'opencode'])('%s by its own stream', (name) => {
  let agent: { readonly path: string; readonly version: string };
  beforeAll(async () => {
    agent = await realAgent(name);
  });
  const perform = (scenario: unknown, job = {}): Promise<Outcome> => bench.perform({ driver: name, agent, scenario, job });
  const withFault = (fault: object, at = 2): object => ({ steps: honest, faults: [{ fault, at, times: 'forever' }] });

  test('edits a file in a sandbox and hands in a report, which is its claim', async () => {
    const done = await perform({ steps: honest });
    const claimed = { station: name, says: 'changed', code: 'reported', summary: report.summary, steps: report.steps };
    expect(done.claim, JSON.stringify(done.events)).toMatchObject(claimed);
    expect(done.text).toBe('fixed\n');
    expect(done.changed).toEqual([' M a.txt']);
    expect(kindsOf(done)).toEqual(
      expect.arrayContaining(['session.started', 'tool.started', 'tool.ended', 'edit', 'message', 'usage', 'turn.ended']),
    );
    // One looks for plugins, whatever it is told, and does without.
    expect(done.refusals.filter((refusal) => !refusal.includes('@opencode-ai'))).toEqual([]);
    expect(done.sums).toMatchObject({ tokens: tokensOf(done) });
  });

  test('mends a report that was refused, and is asked for one that it forgot in the same session', async () => {
    const bad = { report: { state: 'DONE', summary: 'Trust me.' } };
    const done = await perform({ steps: [edit, { say: 'Done, PR_READY.' }, bad, { report }, { say: 'Now it is.' }] });
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'changed', code: 'reported' });
    expect(turnsOf(done)).toBe(2);
    expect(JSON.stringify(done.calls.at(-1)?.body)).toContain('Done, PR_READY.');
  });

  test('only looks where it may only look, and may say that nothing is owed', async () => {
    const role = { ...coder, tools: 'read' as const };
    const order = { assignment: { form: 'change', role, text: 'Look at a.txt.' } };
    const done = await perform({ steps: [{ read: 'a.txt' }, edit, { report: noOp }, { say: 'Done.' }] }, order);
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'no-op', code: 'already-fixed' });
    expect(done.changed).toEqual([]);
  });

  test('that talks but never hands anything in has claimed nothing', async () => {
    const done = await perform({ steps: [{ say: 'PR_READY. All tests pass.', times: 'forever' }] });
    expect(done.claim).toMatchObject({ says: 'failed', code: 'no-report' });
    expect(done.claim.failure).toBeUndefined();
    expect(turnsOf(done)).toBe(3);
  });

  test('whose key is refused in the middle is not logged in, whatever it calls that', async () => {
    const done = await perform(withFault({ kind: 'login' }));
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'failed', code: 'agent-login', failure: 'login' });
  });

  test.each(['rate-limit', 'server'])('whose model fails with %s for ever has an outage, by its word or by ours', async (kind) => {
    const done = await perform(withFault({ kind, retryAfter: 1 }), { stallMs: 20_000, timeoutMs: 60_000 });
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'failed' });
    expect(['provider', 'stall', 'timeout']).toContain(done.claim.failure);
  });

  test('whose model falls silent is ended when nothing was heard for too long', async () => {
    const done = await perform(withFault({ kind: 'silent-stream' }), { stallMs: 8_000 });
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'failed', code: 'agent-stalled', failure: 'stall' });
  });
});

/** What the model really told of, over all that the agent asked it for. */
function tokensOf({ calls }: Outcome): object {
  const usages = calls.flatMap(({ usage }) => (usage === null ? [] : [usage]));
  const sum = (name: 'input' | 'cacheRead' | 'output'): number => usages.reduce((total, usage) => total + usage[name], 0);
  return { cacheRead: sum('cacheRead'), output: sum('output') };
}
