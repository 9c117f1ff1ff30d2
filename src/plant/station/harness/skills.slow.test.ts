import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coder, openAgentBench, type AgentBench } from '../../../../test/station/agent-bench.ts';
import { realAgent } from '../../../../test/station/real-agent.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(() => bench.close());

const description = 'How letters with accents are compared in this house.';
const skills = [{ name: 'accents', files: { 'SKILL.md': `---\nname: accents\ndescription: ${description}\n---\n\nBy NFC.\n` } }];
const report = { state: 'NO_OP', rule: 'already-fixed', summary: 'It says so.', proof: [{ file: 'a.txt' }] };

describe.each(['claude-code', 'codex', 'gemini', 'opencode'])('%s', (name) => {
  test.each(['read', 'all'] as const)(
    'tells its model of the skills of its role, where it may %s, and leaves none in the tree',
    async (tools) => {
      const agent = await realAgent(name);
      const job = { assignment: { form: 'change', role: { ...coder, tools, skills }, text: 'Look at a.txt.' } } as const;
      const done = await bench.perform({ driver: name, agent, scenario: { steps: [{ report }, { say: 'Done.' }] }, job });
      expect(done.claim, JSON.stringify(done.events)).toMatchObject({ says: 'no-op' });
      expect(JSON.stringify(done.calls[0]?.body)).toContain(description);
      expect(done.changed).toEqual([]);
    },
  );
});

test('Claude Code is ended by itself when the turns of its role are used up', async () => {
  const agent = await realAgent('claude-code');
  const job = { assignment: { form: 'change', role: { ...coder, budget: { turns: 2, usd: 5 } }, text: 'Look at a.txt.' } } as const;
  const scenario = { steps: [{ run: 'ls' }, { run: 'ls -a' }, { run: 'ls -l' }, { run: 'pwd' }, { report }] };
  const done = await bench.perform({ driver: 'claude-code', agent, scenario, job });
  const first = done.events.findIndex(({ type }) => type === 'error');
  expect(done.events[first], JSON.stringify(done.events)).toMatchObject({ type: 'error', class: 'turn-limit' });
});
