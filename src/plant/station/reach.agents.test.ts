import { afterAll, beforeAll, expect, test } from 'vitest';
import { coder, openAgentBench, type AgentBench } from '../../../test/station/agent-bench.ts';
import { realAgent } from '../../../test/station/real-agent.ts';
import { capabilities } from './index.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(() => bench.close());

const steps = [
  { edit: { file: 'a.txt', old: 'broken', new: 'fixed' } },
  { run: 'printf x > b.txt' },
  { report: { state: 'DONE', summary: 'It says fixed now.', filesChanged: ['a.txt'] } },
  { say: 'Done.' },
];

// Codex is held by a sandbox of its own, which runs commands too, and does not work below /tmp, where tests have their floor.
test.each([
  ['claude-code', 'claude-code'],
  ['gemini', 'gemini'],
  ['opencode', 'opencode'],
  ['acp:claude-code', 'claude-agent-acp'],
  ['acp:gemini', 'gemini'],
  ['acp:opencode', 'opencode'],
])('%s changes files and runs nothing where it may only edit, as its row says', async (driver, program) => {
  expect(['tools', 'asks']).toContain(capabilities.find((one) => one.driver === driver)?.holds.edit);
  const job = { assignment: { form: 'change', role: { ...coder, tools: 'edit' }, text: 'Mend a.txt.' } } as const;
  const done = await bench.perform({ driver, agent: await realAgent(program), scenario: { steps }, job });
  expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'changed', code: 'reported' });
  expect(done.changed).toEqual([' M a.txt']);
});
