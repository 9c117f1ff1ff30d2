import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { living, saying, type Relative } from '../../kit/scenario/index.ts';
import { taskLineFile } from '../floor/task-line.ts';
import { http, rawUpstream, type RawUpstream } from '../gateway/raw-upstream.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { kill, runOf, show, workspaces } from './trial.ts';

const owner = (url: string): string => `gateway:
  providers: { house: { protocols: [chat], base: "${url}", vendor: self, region: own } }
  models:
    small: { upstreams: [house/small], price: { asOf: 2026-11-20, input: 1, output: 1 }, window: 200000, output: 8000, capabilities: [tools], weights: open }
  slots: { main: small }
  roles: { default: main }
`;

/** Asks a model, and fails where that breaks off; a line of the file is left by each that began in the tree. */
const asking = `echo begun >> made.txt; node -e '
const body = JSON.stringify({ model: "whatever", max_tokens: 20, messages: [{ role: "user", content: "Do it." }] });
fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body })
  .then((answer) => answer.json()).then(({ choices }) => require("node:fs").appendFileSync("made.txt", choices[0].message.content));'`;

const answer = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'small',
  choices: [{ index: 0, message: { role: 'assistant', content: 'answered' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

let scene: Scene;
let upstream: RawUpstream;
/** Whether a model answers, or lets those who ask wait. */
let isAwake = false;
beforeAll(async () => {
  upstream = await rawUpstream((socket) => void (isAwake && socket.write(http(200, answer))));
  scene = await openScene([saying('plain', { '1.0.0': 'hello' })], { floor: 'sandbox' });
  await mkdir(scene.home, { recursive: true });
  await writeFile(join(scene.home, 'factory.yaml'), owner(upstream.url));
});
afterAll(async () => {
  await scene.close();
  await upstream.close();
});

/** Starts a command, and kills it as soon as a program of it waits for a model. */
async function killedInCall(args: readonly string[]): Promise<readonly Relative[]> {
  const asked = upstream.requests.length;
  const running = scene.start(args);
  const over = running.ended.then(({ stdout, stderr }) => {
    throw new Error(`It ended before a model was asked:\n${stdout}\n${stderr}`);
  });
  over.catch(() => undefined); // it ends by the kill
  while (upstream.requests.length === asked) await Promise.race([pause(20), over]);
  return await kill(running);
}

it('a program whose factory is killed while it waits for a model is begun anew from the base, each time', async () => {
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
  const check = 'test "$(grep -c begun made.txt)" = 1 && grep -q answered made.txt';
  const line = await scene.write('asks.yaml', taskLineFile({ name: 'asks', change: asking, check }));
  const first = await killedInCall(['run', 'task', '--line', line, '--title', 'ask', '--repo', path, '--json']);
  const run = (await runOf(scene, path)) ?? '';
  const second = await killedInCall(['resume', run, '--json']);
  isAwake = true;
  const result = readResult(await scene.jidoka(['resume', run, '--json']));
  expect(`${result.verdict} ${result.reason.code}`).toBe('PR_READY validated');
  const bodies = (await show(scene, run)).events.map(({ body }) => body);
  const resumed = bodies.filter((body) => body.type === 'station.resumed');
  expect(resumed.map(({ attempt, how }) => [attempt, how])).toEqual([
    [1, 'attached'],
    [1, 'begun-anew'],
    [1, 'attached'],
    [1, 'begun-anew'],
  ]);
  expect(resumed[1]?.why).toMatch(/had died.*ended with exit code 1/);
  expect(bodies.filter((body) => body.type === 'claim.made')).toHaveLength(1);
  await expect.poll(() => living([...first, ...second])).toEqual([]);
  await expect.poll(async () => (await workspaces(scene)).filter((name) => name.startsWith(run))).toEqual([]);
});
