import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeRepository } from '../../kit/forge/index.ts';
import { saying } from '../../kit/scenario/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { OutcomeRecord } from '../../src/core/gateway/evaluation/outcome-record.ts';
import type { PlannedRoute } from '../../src/core/gateway/routing/plan-run.ts';
import { readScenario, startModelTwin, type ModelTwin } from '../../src/plant/twin/index.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';

const model = (at: string, prior: string, input: number): string =>
  `{ upstreams: [twin/${at}], prior: ${prior}, price: { asOf: 2026-11-20, input: ${input}, output: ${input} }, window: 200000, output: 8000, capabilities: [tools], weights: open }`;
const owner = (url: string): string => `gateway:
  providers:
    twin: { protocols: [chat], base: "${url}", vendor: self, region: own }
    gone: { protocols: [chat], base: "http://127.0.0.1:9", vendor: other, region: own }
  models:
    cheap: ${model('small', 'GPT-5 mini', 100)}
    strong: ${model('big', 'Opus 4.5', 1000)}
    lost: ${model('lost', 'GPT-5 mini', 100).replace('twin/', 'gone/').replace('[tools]', '[]')}
  slots: { main: auto }
  roles: { default: main }
  lines: { learn: { quality: 0.5, wrongCap: 0.2, minuteUsd: 0.5 } }
`;

/** Asks the model that it was given, and makes a file of what that says. */
const agent = `
const body = JSON.stringify({ model: 'whatever', max_tokens: 20, messages: [{ role: 'user', content: 'Do it.' }] });
fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  .then((answer) => answer.json())
  .then(({ choices }) => require('node:fs').writeFileSync('made.txt', choices[0].message.content));
`;

/** A line of this name, whose validation takes what this command takes. */
const line = (check: string): string =>
  JSON.stringify({
    apiVersion: 'jidoka/v1',
    kind: 'Line',
    name: 'learn',
    summary: 'One station and one command.',
    seed: 'task',
    nonGoals: [],
    scope: { paths: ['**'], protectedPaths: [] },
    stages: [
      { id: 'applicability', does: 'applicability' },
      { id: 'baseline', does: 'baseline' },
      { id: 'change', does: 'change', station: 'command', run: ['node', '-e', agent] },
      { id: 'check', does: 'command', run: ['sh', '-c', check], onFail: { stage: 'change', atMost: 2 } },
      { id: 'inspection', does: 'inspection' },
    ],
    inspection: ['station', 'scope', 'command', 'install', 'tests'].map((one) => ({ check: one, demand: 'must-hold' })),
    noOpRules: [],
    policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '1m' },
  });

let scene: Scene;
let repository: MadeRepository;
let twin: ModelTwin;
beforeAll(async () => {
  const says = (name: string, text: string): object => ({ when: { model: name }, steps: [{ say: text }] });
  const scenario = readScenario(JSON.stringify({ scripts: [says('small', 'cheap work'), says('big', 'strong work')] }), 'learning');
  twin = await startModelTwin({ scenario, port: 0, tape: null, replay: null });
  scene = await openScene([saying('plain', { '1.0.0': 'hello' })], { floor: 'sandbox' });
  await mkdir(scene.home, { recursive: true });
  await writeFile(join(scene.home, 'factory.yaml'), owner(twin.url));
  repository = await scene.project({ dependencies: { plain: '1.0.0' } });
});
afterAll(async () => {
  await scene.close();
  await twin.close();
});

async function work(
  title: string,
  check: string,
  ...more: readonly string[]
): Promise<{ readonly run: string; readonly routes: readonly PlannedRoute[] }> {
  const file = await scene.write(`${title}.yaml`, line(check));
  const asked = ['run', 'task', '--line', file, '--title', title, '--repo', repository.path, '--json', ...more];
  const result = readResult(await scene.ask(asked));
  expect(`${result.verdict} ${result.reason.code}`).toBe('PR_READY validated');
  const shown = JSON.parse((await scene.ask(['show', result.run, '--json'])).stdout) as { readonly events: readonly LedgerEvent[] };
  return { run: result.run, routes: shown.events.flatMap(({ body }) => (body.type === 'route.decided' ? [body.route] : [])) };
}

async function said(...args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const { code, stdout, stderr } = await scene.ask(args);
  return { code, text: stdout + stderr };
}

const exported = async (): Promise<readonly OutcomeRecord[]> =>
  (JSON.parse((await scene.ask(['route', 'export', '--line', 'learn', '--json'])).stdout) as { readonly records: readonly OutcomeRecord[] })
    .records;

describe('a factory that worked', () => {
  it('tells what its models came to, learns from what people find of that, and says of which policies its log cannot speak', async () => {
    const hard = await work('hard', 'grep -q strong made.txt');
    const easy = await work('easy', 'test -s made.txt');
    expect(hard.routes).toMatchObject([{ plan: ['cheap', 'strong'], because: 'worth', propensity: 1, prefixes: [1, 1] }]);

    expect(await said('judge', easy.run, '--wrong', '--why', 'It was reverted.')).toMatchObject({ code: 0 });
    expect((await said('judge', easy.run, '--wrong', '--why', 'It was reverted.')).text).toContain('was said to be wrong before');
    expect(await said('judge', easy.run)).toMatchObject({ code: 2 });

    const records = await exported();
    expect(records).toMatchObject([
      {
        run: hard.run,
        model: 'cheap',
        attempt: 1,
        passed: false,
        right: false,
        by: 'validation',
        plan: ['cheap', 'strong'],
        propensity: 1,
      },
      { run: hard.run, model: 'strong', attempt: 2, passed: true, right: true, by: 'validation' },
      { run: easy.run, model: 'cheap', attempt: 1, passed: true, right: false, by: 'person' },
    ]);
    const [cheap, strong] = records;
    // What the gateway counted: the dear model costs ten times as much for like words, and the station told nothing.
    expect(cheap?.usd).toBeGreaterThan(0);
    expect((strong?.usd ?? 0) / (cheap?.usd ?? 1)).toBeGreaterThan(5);
    expect(records.every(({ chance, validationMs }) => chance !== undefined && validationMs !== undefined)).toBe(true);

    const file = join(scene.folder, 'outcomes.jsonl');
    expect((await said('route', 'export', '--out', file)).text).toContain('3 attempts are in');
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(3);
    const judged = await said('route', 'eval', file);
    expect(judged.code).toBe(2);
    expect(judged.text).toContain('chance had a part in 0 runs. Of the others 2 had a plan that was sure to be taken');
    const recorded = await said('route', 'eval', '--run', `${hard.run},${easy.run}`);
    expect(recorded.code).toBe(0);
    expect(recorded.text).toMatch(/always-cheapest +cheap +\d/);
    expect((await said('route', 'explain', hard.run)).text).toMatch(/best-static +cheap > strong/);

    const asked = [
      'route',
      'explain',
      '--config',
      join(scene.home, 'factory.yaml'),
      '--line',
      'learn',
      '--repo',
      repository.path,
      '--json',
    ];
    const { stdout, stderr } = await scene.jidoka(asked);
    expect(stderr).toBe('');
    const now = JSON.parse(stdout) as PlannedRoute; // printed by the command itself
    expect(now.attempts).toBe(3);
    expect(now.judged).toEqual({ passed: 2, refused: 1, passedRight: 0, passedWrong: 1, refusedRight: 0, refusedWrong: 0 });
    expect(now.validator.falsePass).toBeGreaterThan(0.05);
    expect(now.validation?.seen).toBe(3);
    expect(now.sources['strong']?.usd).not.toBe(hard.routes[0]?.sources['strong']?.usd);
  });

  it('works with the plan that a person chose, puts it on record as his, and judges no policy by it', async () => {
    const { run, routes } = await work('own', 'grep -q strong made.txt', '--plan', 'strong');
    expect(routes).toMatchObject([{ plan: ['strong'], because: 'override', isLearnedFrom: false, propensity: null }]);
    const [record, ...others] = (await exported()).filter((one) => one.run === run);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ model: 'strong', right: true });
    expect(record).not.toHaveProperty('propensity');
    const file = await scene.write('own.yaml', line('true'));
    const unknown = await said('run', 'task', '--line', file, '--title', 'own', '--repo', repository.path, '--plan', 'stronk');
    expect(unknown).toMatchObject({ code: 2, text: expect.stringContaining('"stronk" is no model of this factory') });
  });

  it('goes on with the next model of a plan where the first is nowhere to be had, and learns nothing of either', async () => {
    const { run, routes } = await work('outage', 'grep -q strong made.txt', '--plan', 'lost,strong');
    expect(routes).toMatchObject([{ plan: ['lost', 'strong'] }]);
    expect((await exported()).filter((one) => one.run === run)).toEqual([]);
    expect((await scene.jidoka(['gateway', 'spend', '--run', run])).stdout).toMatch(/change +command +strong/);
  });

  it('works by what an operator swapped a slot to, and chooses for it again once that is lifted', async () => {
    expect(await scene.jidoka(['models', 'swap', 'main', 'strong'])).toMatchObject({ code: 0 });
    expect((await work('swapped', 'grep -q strong made.txt')).routes).toEqual([]);
    expect(await scene.jidoka(['models', 'swap', 'main', 'auto'])).toMatchObject({ code: 0 });
    expect((await work('chosen', 'test -s made.txt')).routes).toMatchObject([{ because: expect.stringMatching(/worth|explored/) }]);
    expect(await scene.jidoka(['models', 'unswap', 'main'])).toMatchObject({ code: 0 });
  });
});
