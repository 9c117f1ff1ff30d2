import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepository } from '../../kit/forge/index.ts';
import { living, refsOf } from '../../kit/scenario/index.ts';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { agentScript, mends, slugFiles, ticket } from '../bug/slugs.ts';
import { kill, runOf, show, workspaces } from '../kills/trial.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';
import { installAgent } from './install.ts';
import { lineWithModel, scenarioOf } from './ticket-line.ts';

const agents = ['claude-code', 'codex'] as const;

/** What the agent does until it is killed, and its step after those that read and write the file. */
const [waits, ofCommand] = ['tail -f /dev/null', 2] as const;

let scene: Scene;
let line: string;
beforeAll(async () => {
  scene = await openScene([], { floor: 'sandbox' });
  await chmod(scene.folder, 0o755);
  line = await lineWithModel(scene);
});
afterAll(() => scene.close());

describe.each(agents)('%s behind a wall, whose factory is killed while it runs a command', (agent) => {
  it('goes on with its own session in the same tree, and its fix is delivered once', async () => {
    await installAgent(agent, scene);
    const file = await scene.write(`${agent}.md`, `${ticket}\nReported as ${agent}.\n`);
    const scenario = scenarioOf(agentScript({ change: [{ ...mends, shell: [waits] }] }));
    const [tape, repository] = [memoryTape(), await makeRepository(slugFiles)];
    const twin = await startModelTwin({ scenario: readScenario(JSON.stringify(scenario), agent), port: 0, tape, replay: null });
    try {
      const env = { JIDOKA_MODEL_URL: twin.url };
      const asked = [
        'run',
        'bug',
        '--ticket',
        file,
        '--repo',
        repository.path,
        '--key',
        agent,
        '--line',
        line,
        '--station',
        agent,
        '--json',
      ];
      const running = scene.start(asked, { env });
      const over = running.ended.then(({ stdout, stderr }) => {
        throw new Error(`It ended before it was killed:\n${stdout}\n${stderr}`);
      });
      await Promise.race([tape.seen(({ script, step }) => script === 'change' && step === ofCommand), over]);
      const before = tape.entries().length;
      over.catch(() => undefined);
      const family = await kill(running);
      const run = (await runOf(scene, repository.path)) ?? '';
      const result = readResult(await scene.jidoka(['resume', run, '--json'], { env }));
      expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
      const bodies = (await show(scene, run)).events.map(({ body }) => body);
      expect(bodies.filter((body) => body.type === 'station.resumed')).toMatchObject([{ stage: 'change', station: agent, how: 'session' }]);
      expect(bodies.filter((body) => body.type === 'claim.made' && body.stage === 'change')).toHaveLength(1);
      // What it is asked first carries what was said before, and the note that it was interrupted.
      const next = tape
        .entries()
        .slice(before)
        .find(({ script }) => script === 'change');
      expect(JSON.stringify(next?.body)).toMatch(/tail -f[\s\S]*You were interrupted/);
      const branches = [...(await refsOf(repository.path)).keys()].filter((name) => name.startsWith('refs/heads/jidoka'));
      expect(branches).toHaveLength(1);
      expect(await living(family)).toEqual([]);
      // What its walls are made of lies beside the workspaces, as files.
      expect((await workspaces(scene)).filter((name) => !name.includes('.'))).toEqual([]);
    } finally {
      await repository.remove();
      await twin.close();
    }
  });
});
