import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { claudeDouble } from '../../kit/agent/index.ts';
import { makeRepository } from '../../kit/forge/index.ts';
import type { Running } from '../../kit/scenario/index.ts';
import { memoryTape, readScenario, startModelTwin, type MemoryTape, type ModelTwin } from '../../src/plant/twin/index.ts';
import { partWords, scenarioOf } from '../agents/ticket-line.ts';
import { agentScript, slugFiles, ticket } from '../bug/slugs.ts';
import { atHold } from '../kills/hold.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';

/** Two providers of one model: `cloud` is asked first. */
const names = ['cloud', 'house'] as const;
const file = (upstreams: string): string => `
gateway:
  providers:
    cloud: { protocols: [chat], base: "${twins[0]?.url}", vendor: a, region: us }
    house: { protocols: [chat], base: "${twins[1]?.url}", vendor: self, region: own }
  models:
    strong:
      upstreams: [${upstreams}]
      price: { asOf: 2026-11-20, input: 3, output: 15 }
      window: 200000
      output: 32000
      capabilities: [tools]
      weights: open
  slots: { main: strong, cheap: strong }
  roles: { default: main }
  lines: { bug: { mustSurvive: [provider] } }
`;

let scene: Scene;
let line: string;
let tapes: readonly MemoryTape[];
const twins: ModelTwin[] = [];
beforeAll(async () => {
  scene = await openScene([]);
  await chmod(scene.folder, 0o755);
  await mkdir(scene.home, { recursive: true });
  line = await lineReadByModels();
});
beforeEach(async () => {
  for (const twin of twins.splice(0)) await twin.close();
  tapes = names.map(() => memoryTape());
  const scenario = readScenario(JSON.stringify(scenarioOf(agentScript())), 'models of two providers');
  for (const tape of tapes) twins.push(await startModelTwin({ scenario, port: 0, tape, replay: null }));
});
afterAll(async () => {
  for (const twin of twins) await twin.close();
  await scene.close();
});

/** The line of tickets, whose change a model reads: it is asked before what is cut off goes, and after. */
async function lineReadByModels(): Promise<string> {
  const folder = new URL('../../lines/bug/', import.meta.url);
  for (const name of await readdir(new URL('roles', folder)))
    await scene.write(`line/roles/${name}`, await readFile(new URL(`roles/${name}`, folder), 'utf8'));
  const text = await readFile(new URL('line.yaml', folder), 'utf8');
  return await scene.write('line/line.yaml', text.replace('station: [codex, claude-code, gemini, opencode]', 'station: [model:cheap]'));
}

let runs = 0;
/** A run that stands still in its change, with its first questions to models behind it. */
async function standing(): Promise<{ readonly running: Running; readonly folder: string }> {
  const key = `C-${(runs += 1)}`;
  const folder = join(scene.folder, key);
  await mkdir(folder);
  await chmod(folder, 0o777);
  const [repository, asked] = [await makeRepository(slugFiles), await scene.write(`${key}.md`, `${ticket}\nReported as ${key}.\n`)];
  await writeFile(join(folder, 'claude'), claudeDouble({ script: agentScript(), forms: partWords, folder, hold: 'edited' }), {
    mode: 0o755,
  });
  const argv = ['run', 'bug', '--ticket', asked, '--repo', repository.path, '--line', line, '--key', key, '--json'];
  const running = scene.start(argv, { env: { PATH: `${folder}:${scene.env['PATH'] ?? ''}` } });
  await atHold(folder, running);
  return { running, folder };
}

const cut = (...more: string[]): Running => scene.start(['cutoff', line, '--provider', 'cloud', '--live', '--json', ...more]);

interface Models {
  readonly settings: readonly { readonly until: string }[];
}

async function settings(): Promise<Models['settings']> {
  const told = await scene.jidoka(['models', '--json', '--home', scene.home]);
  return (JSON.parse(told.stdout) as Models).settings; // printed as such
}

const asked = (): readonly number[] => tapes.map((tape) => tape.entries().length);

it('a run that is under way finishes by the other provider while its first one is cut off, and then all is as before', async () => {
  await writeFile(join(scene.home, 'factory.yaml'), file('cloud/twin, house/twin'));
  const { running, folder } = await standing();
  const [before = 0] = asked();
  expect([before > 0, asked()[1]]).toEqual([true, 0]);
  const cutting = cut();
  await cutting.says((told) => told.startsWith('Cut off: provider cloud'));
  expect(await settings()).toHaveLength(1);
  await writeFile(join(folder, 'go'), '');
  const [result, shown] = [readResult(await running.ended), await cutting.ended];
  expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
  expect([shown.code, shown.stderr.split('\n').length]).toEqual([0, 2]);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    live: {
      lines: expect.arrayContaining([
        expect.objectContaining({
          line: 'bug',
          shown: 'finishes',
          ended: [{ run: result.run, verdict: 'PR_READY' }],
          calls: [expect.objectContaining({ provider: 'house' })],
        }),
      ]),
    },
  });
  expect(asked()).toEqual([before, expect.any(Number)]);
  expect(asked()[1]).toBeGreaterThan(0);
  expect(await settings()).toEqual([]);
});

it('nothing is cut off where a line that must survive has nobody else, and the exit code says so', async () => {
  await writeFile(join(scene.home, 'factory.yaml'), file('cloud/twin'));
  const { running, folder } = await standing();
  const refused = await cut().ended;
  expect(refused.code).toBe(3);
  const faults = expect.arrayContaining([expect.stringContaining('Line "bug" must survive without provider "cloud" and does not')]);
  expect(JSON.parse(refused.stdout)).toMatchObject({ live: null, faults });
  expect(await settings()).toEqual([]);
  await writeFile(join(folder, 'go'), '');
  expect(readResult(await running.ended).verdict).toBe('PR_READY');
});

it('it is given back when the command gets Ctrl-C, and soon after it was killed', async () => {
  await writeFile(join(scene.home, 'factory.yaml'), file('cloud/twin, house/twin'));
  const { running, folder } = await standing();
  const stopped = cut();
  await stopped.says((told) => told.startsWith('Cut off: provider cloud'));
  process.kill(stopped.pid, 'SIGINT');
  expect((await stopped.ended).code).toBe(3);
  expect(await settings()).toEqual([]);
  const killed = cut();
  await killed.says((told) => told.startsWith('Cut off: provider cloud'));
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  const [left] = await settings();
  expect(Date.parse(left?.until ?? '') - Date.now()).toBeLessThan(30_000);
  while ((await settings()).length > 0) await pause(200);
  await writeFile(join(folder, 'go'), '');
  expect(readResult(await running.ended).verdict).toBe('PR_READY');
});
