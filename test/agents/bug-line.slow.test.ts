import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { readScenario, startModelTwin, memoryTape } from '../../src/plant/twin/index.ts';
import { agentScript, mends, slugFiles, ticket } from '../bug/slugs.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';
import { lineWithModel, scenarioOf, settingsOfNpm } from './ticket-line.ts';

const agents = ['claude-code', 'codex', 'gemini', 'opencode'] as const;

let scene: Scene;
let repository: MadeRepository;
let line: string;
beforeAll(async () => {
  scene = await openScene([], { floor: 'sandbox' });
  await chmod(scene.folder, 0o755);
  repository = await makeRepository(slugFiles);
  line = await lineWithModel(scene);
  // From the registry of the machine, and not from the double of the scene.
  const registry = { HOME: process.env['HOME'] ?? '', ...settingsOfNpm() };
  for (const agent of agents) {
    const added = await scene.jidoka(['station', 'add', agent], { env: registry });
    if (added.code !== 0) throw new Error(added.stderr);
  }
}, 900_000);
afterAll(async () => {
  await scene.close();
  await repository.remove();
});

describe.each(agents)('%s on the line of tickets', (agent) => {
  it('brings an honest fix to PR_READY', async () => {
    const { result, events } = await work(scenarioOf(agentScript()), ['--station', agent]);
    expect(`${result.verdict} ${result.reason.code}`).toBe('PR_READY validated');
    const harnesses = events.flatMap(({ body }) => (body.type === 'stage.started' && body.where.harness ? [body.where.harness] : []));
    expect(new Set(harnesses.map(({ name, version }) => `${name} ${/^\d+\.\d+\.\d+/.test(version)}`))).toEqual(new Set([`${agent} true`]));
  });

  it('is not believed a change that it did not make', async () => {
    const { files: _, ...lies } = mends;
    const { result } = await work(scenarioOf(agentScript({ change: [lies] })), ['--station', agent]);
    expect(`${result.verdict} ${result.reason.code}`).toMatch(/^ESCALATE (false-report|claim-without-change)$/);
  });

  it('that hands in nothing is asked again, and then a person is', async () => {
    const { result } = await work(scenarioOf(agentScript({ change: [{}] })), ['--station', agent]);
    expect(result).toMatchObject({ verdict: 'ESCALATE', reason: { message: expect.stringContaining('handed in no report') } });
  });
});

it('an agent that is not logged in hands over to the next, and the ledger says so', async () => {
  const faults = [{ fault: 'login', at: 1, times: 'forever', when: { protocol: 'messages' } }];
  const { result, events } = await work({ ...scenarioOf(agentScript()), faults }, []);
  expect(`${result.verdict} ${result.reason.code}`).toBe('PR_READY validated');
  const handovers = events.flatMap(({ body }) =>
    body.type === 'station.handed-over' ? [`${body.stage}: ${body.from} -> ${body.to}`] : [],
  );
  expect(handovers).toEqual(['reproduce: claude-code -> codex', 'change: claude-code -> codex']);
});

let count = 0;
async function work(scenario: object, args: readonly string[]): Promise<{ result: RunResult; events: readonly LedgerEvent[] }> {
  const key = `T-${(count += 1)}`;
  const file = await scene.write(`${key}.md`, `${ticket}\nReported as ${key}.\n`);
  const twin = await startModelTwin({ scenario: readScenario(JSON.stringify(scenario), key), port: 0, tape: memoryTape(), replay: null });
  try {
    const env = { JIDOKA_MODEL_URL: twin.url };
    const asked = ['run', 'bug', '--ticket', file, '--repo', repository.path, '--key', key, '--line', line, '--json', ...args];
    const result = readResult(await scene.jidoka(asked, { env }));
    const shown = JSON.parse((await scene.jidoka(['show', result.run, '--json'], { env })).stdout) as {
      readonly events: readonly LedgerEvent[];
    };
    return { result, events: shown.events };
  } finally {
    await twin.close();
  }
}
