import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coder, openAgentBench, type AgentBench } from '../../../../test/station/agent-bench.ts';
import { realAgent } from '../../../../test/station/real-agent.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(() => bench.close());

const report = { state: 'DONE', summary: 'It says fixed now.', filesChanged: ['a.txt'], steps: ['Edited a.txt.'] };
const edit = { edit: { file: 'a.txt', old: 'broken', new: 'fixed' } };

describe.each([
  ['acp:claude-code', 'claude-agent-acp'],
  ['acp:codex', 'codex-acp'],
  ['acp:gemini', 'gemini'],
  ['acp:opencode', 'opencode'],
])('%s', (driver, program) => {
  let agent: { readonly path: string; readonly version: string };
  beforeAll(async () => {
    agent = await realAgent(program);
  });

  test('edits a file in a sandbox and hands in a report, which is its claim', async () => {
    const done = await bench.perform({ driver, agent, scenario: { steps: [{ read: 'a.txt' }, edit, { report }, { say: 'All done.' }] } });
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({
      station: driver,
      says: 'changed',
      code: 'reported',
      steps: report.steps,
    });
    expect(done.text).toBe('fixed\n');
    expect(done.changed).toEqual([' M a.txt']);
    const kinds = new Set(done.events.map(({ type }) => type));
    for (const kind of ['session.started', 'tool.started', 'tool.ended', 'message', 'turn.ended'] as const) expect(kinds).toContain(kind);
  });

  test('is reminded in the same session, and only looks where it may only look', async () => {
    const steps = [
      { read: 'a.txt' },
      edit,
      { say: 'I am done, believe me.' },
      {
        report: { ...report, state: 'NO_OP', rule: 'already-fixed', proof: [{ file: 'a.txt' }], filesChanged: undefined, steps: undefined },
      },
      { say: 'Now it is.' },
    ];
    const role = { ...coder, tools: 'read' as const };
    const done = await bench.perform({
      driver,
      agent,
      scenario: { steps },
      job: { assignment: { form: 'change', role, text: 'Look at a.txt.' } },
    });
    expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'no-op', code: 'already-fixed' });
    expect(done.events.filter(({ type }) => type === 'session.started')).toHaveLength(1);
    expect(JSON.stringify(done.calls.at(-1)?.body)).toContain('I am done, believe me.');
    expect(done.changed).toEqual([]);
  });
});
