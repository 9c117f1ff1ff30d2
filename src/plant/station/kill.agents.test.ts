import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAgentBench, type AgentBench } from '../../../test/station/agent-bench.ts';
import { realAgent } from '../../../test/station/real-agent.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(() => bench.close());

const report = { state: 'DONE', summary: 'It says fixed now.', filesChanged: ['a.txt'] };

test.each(['claude-code', 'codex'])('%s, killed in the middle, goes on with its own session and loses nothing', async (name) => {
  const edit = { edit: { file: 'a.txt', old: 'broken', new: 'fixed' } };
  // The shell of the agent sees the agent, and is not to find itself by the words that it looks for.
  const kill = {
    run: 'for p in /proc/[0-9]*; do if tr "\\0" " " < $p/cmdline | grep -qE "[s]tream-json|[s]kip-git-repo"; then kill -9 ${p#/proc/}; fi; done',
  };
  const done = await bench.perform({
    driver: name,
    agent: await realAgent(name),
    scenario: { steps: [edit, kill, { report }, { say: 'Done.' }] },
  });
  const crashes = done.events.filter((event) => event.type === 'error');
  expect(crashes, JSON.stringify(done.events)).toMatchObject([{ class: 'crash' }]);
  expect(done.claim).toMatchObject({ says: 'changed', code: 'reported' });
  const sessions = done.events.flatMap((event) => (event.type === 'session.started' ? [event.session] : []));
  expect(sessions).toHaveLength(2);
  expect(new Set(sessions).size).toBe(1);
  expect(done.text).toBe('fixed\n');
});
