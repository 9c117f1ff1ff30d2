import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { descendants, living, type Ended } from '../../kit/scenario/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { installAgent } from '../agents/install.ts';
import { scenarioOf } from '../agents/ticket-line.ts';
import { agentScript, mends, slugFiles, ticket } from '../bug/slugs.ts';
import { show } from '../kills/trial.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';

const secret = 'sk-of-the-provider-0123456789';

/** The owner's file: every role of the line has a slot of its name, and the provider wants a key. */
const file = (url: string, { budget = '', coder = 'strong' }: Pick<Trial, 'budget' | 'coder'>): string => `
gateway:
  providers:
    twin: { protocols: [messages, responses], base: "${url}", key: "env:TWIN_KEY", vendor: twin, region: here }
    gone: { protocols: [messages], base: "http://127.0.0.1:9", vendor: other, region: here }
  models:
    strong:
      upstreams: [twin/twin]
      price: { asOf: 2026-11-20, input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 }
      window: 200000
      output: 32000
      capabilities: [tools, images, thinking]
      weights: closed
    lost:
      upstreams: [gone/lost]
      price: { asOf: 2026-11-20, input: 1, output: 5 }
      window: 200000
      output: 32000
      capabilities: []
      weights: open
  slots: { main: strong, coder: ${coder} }
  roles: { default: main }
  budgets: [${budget}]
`;

const agents = ['claude-code', 'codex', 'gemini', 'opencode'] as const;

let scene: Scene;
let repository: MadeRepository;
beforeAll(async () => {
  scene = await openScene([], { floor: 'sandbox' });
  await chmod(scene.folder, 0o755);
  await mkdir(scene.home, { recursive: true });
  repository = await makeRepository(slugFiles);
  for (const agent of agents) await installAgent(agent, scene);
});
afterAll(async () => {
  await repository.remove();
  await scene.close();
});

interface Trial {
  readonly agent: string;
  readonly budget?: string;
  /** What fills the slot of the coder. */
  readonly coder?: string;
  readonly deed?: object;
  /** What a person says on the command line. */
  readonly more?: readonly string[];
  /** Is told of the command while it runs. */
  readonly during?: (pid: number, tape: ReturnType<typeof memoryTape>) => Promise<void>;
}

let trials = 0;
async function work({ agent, deed = mends, more = [], during, ...owner }: Trial) {
  const tape = memoryTape();
  const scenario = readScenario(JSON.stringify(scenarioOf(agentScript({ change: [deed] }))), agent);
  const twin = await startModelTwin({ scenario, port: 0, tape, replay: null });
  try {
    await writeFile(join(scene.home, 'factory.yaml'), file(twin.url, owner));
    const asked = await scene.write(`${(trials += 1)}.md`, `${ticket}\nReported for the ${trials}. time.\n`);
    const argv = ['run', 'bug', '--ticket', asked, '--repo', repository.path, '--station', agent, '--json', ...more];
    const running = scene.start(argv, { env: { TWIN_KEY: secret } });
    const told = during?.(running.pid, tape);
    told?.catch(() => undefined);
    const ended: Ended = await running.ended;
    await told;
    const result = readResult(ended);
    const { events } = await show(scene, result.run);
    return { result, ended, events, tape };
  } finally {
    await twin.close();
  }
}

const countsIn = (events: readonly LedgerEvent[]) => events.flatMap(({ body }) => (body.type === 'models.counted' ? [...body.counts] : []));

describe('a factory with a gateway of its own', () => {
  it.each(['claude-code', 'codex'])(
    'lets %s ask by slots, counts what it asked for its stages, and shows the key of the provider to nobody',
    async (agent) => {
      const { result, ended, events, tape } = await work({ agent });
      expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
      const counts = countsIn(events);
      expect(new Set(counts.map(({ stage }) => stage))).toEqual(new Set(['classify', 'reproduce', 'plan', 'change', 'review']));
      expect(counts.every((count) => count.station === agent && count.model === 'strong' && count.asOf === '2026-11-20')).toBe(true);
      expect(counts.reduce((sum, { calls }) => sum + calls, 0)).toBe(tape.entries().length);
      expect(result.cost.usd).toBeCloseTo(counts.reduce((sum, { microUsd }) => sum + microUsd, 0) / 1e6, 6);
      expect(result.cost.basis).toContain('by the price list of 2026-11-20');
      expect(JSON.stringify([ended, events])).not.toContain(secret);
    },
  );

  it('chooses a plan where the owner leaves a slot to it, and can tell why', async () => {
    const { result, events } = await work({ agent: 'claude-code', coder: 'auto' });
    expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
    const routes = events.flatMap(({ body }) => (body.type === 'route.decided' ? [body] : []));
    expect(routes.map(({ stage, route }) => [stage, route.slot, route.plan])).toEqual([['change', 'coder', ['strong']]]);
    const told = await scene.jidoka(['route', 'explain', result.run]);
    expect([told.code, told.stdout]).toEqual([0, expect.stringContaining('strong')]);
  });

  it.each(agents)('lets %s go on with the next model of a plan where the first is nowhere to be had', async (agent) => {
    const { result, events } = await work({ agent, more: ['--plan', 'lost,strong'] });
    expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
    expect(countsIn(events).find(({ stage }) => stage === 'change')).toMatchObject({ model: 'strong', station: agent });
  });

  it('tells afterwards what its agents saw and said', async () => {
    const { result } = await work({ agent: 'codex' });
    const told = await scene.jidoka(['trace', result.run, '--stage', 'change']);
    expect([told.code, told.stdout]).toEqual([
      0,
      expect.stringMatching(/change · codex · conversation 1[^]*tool result[^]*assistant call/),
    ]);
    expect(told.stdout).not.toContain(secret);
  });

  it('goes on where its gateway is killed in the middle of a job', async () => {
    const { result, events } = await work({
      agent: 'claude-code',
      during: async (pid, tape) => {
        await tape.seen(({ script }) => script === 'change');
        const gateways = (await descendants(pid)).filter(({ name }) => name === 'jidoka-gateway');
        expect(gateways).toHaveLength(1);
        for (const gateway of gateways) process.kill(gateway.pid, 'SIGKILL');
      },
    });
    expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
    expect(countsIn(events).map(({ stage }) => stage)).toContain('review');
  });

  it('ends a run whose budget is used up with what it has, and asks no provider beyond it', async () => {
    const { result, tape } = await work({ agent: 'claude-code', budget: '{ of: run, calls: 4 }' });
    expect(result.verdict).toBe('ESCALATE');
    expect(result.reason.message).toContain('The budget of run');
    expect(tape.entries().length).toBeLessThanOrEqual(4);
  });

  it('ends its gateway with itself, also when it is killed', async () => {
    let family: Awaited<ReturnType<typeof descendants>> = [];
    await expect(
      work({
        agent: 'codex',
        during: async (pid, tape) => {
          await tape.seen(({ script }) => script === 'change');
          family = (await descendants(pid)).filter(({ name }) => name === 'jidoka-gateway');
          process.kill(pid, 'SIGKILL');
        },
      }),
    ).rejects.toThrow(/JSON|Unexpected end/);
    expect(family).toHaveLength(1);
    const deadline = Date.now() + 20_000;
    while ((await living(family)).length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await living(family)).toEqual([]);
  });
});
