import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { politeScenario, startModelTwin, type ModelTwin } from '../../src/plant/twin/index.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { taskLineFile } from '../floor/task-line.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';

const owner = (url: string): string => `gateway:
  providers: { twin: { protocols: [chat], base: "${url}", vendor: self, region: own } }
  models:
    small: { upstreams: [twin/small], price: { asOf: 2026-11-20, input: 1, output: 1 }, window: 200000, output: 8000, capabilities: [tools], weights: open }
  slots: { main: small }
  roles: { default: main }
  budgets: [{ of: run, usd: 0.00001 }]
`;

/** A station that asks a model, and does with the answer what a program does. */
const asking = (then: string): string => `node -e '
const body = JSON.stringify({ model: "whatever", max_tokens: 2000, messages: [{ role: "user", content: "Do it." }] });
fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body })
  .then((answer) => answer.json()).then((said) => ${then});'`;

let scene: Scene;
let twin: ModelTwin;
beforeAll(async () => {
  twin = await startModelTwin({ scenario: politeScenario(), port: 0, tape: null, replay: null });
  scene = await openScene([], { floor: 'sandbox' });
  await mkdir(scene.home, { recursive: true });
  await writeFile(join(scene.home, 'factory.yaml'), owner(twin.url));
});
afterAll(async () => {
  await scene.close();
  await twin.close();
});

async function ended(name: string, then: string): Promise<RunResult> {
  const line = await scene.write(`${name}.yaml`, taskLineFile({ name, change: asking(then), check: 'true' }));
  const { path } = await scene.project({});
  const result = readResult(await scene.jidoka(['run', 'task', '--line', line, '--title', name, '--repo', path, '--json']));
  const verified = await scene.jidoka(['evidence', 'verify', result.evidence.dir]);
  expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  return result;
}

const room = /The budget of run \S+ has no room for this call: \$0\.00 of \$0\.00001 is used or reserved/;
const used = { usd: 0, basis: 'no model was called; command: a budget refused 1 call' };

describe('a program whose calls a budget refuses', () => {
  it('ends its run in ESCALATE for the budget where it breaks of that, with what it said itself', async () => {
    const result = await ended('breaks', 'require("node:fs").writeFileSync("made.txt", said.choices[0].message.content)');
    expect(result).toMatchObject({ verdict: 'ESCALATE', reason: { code: 'station-failed' }, cost: used });
    expect(result.reason.message).toMatch(room);
    expect(result.reason.message).toContain('TypeError');
  });

  it('ends it in ESCALATE for the budget where it changes nothing for that', async () => {
    const result = await ended('idles', 'console.log("No answer, no work.")');
    expect(result).toMatchObject({ verdict: 'ESCALATE', reason: { code: 'claim-without-change' }, cost: used });
    expect(result.reason.message).toMatch(room);
  });

  it('has its change validated all the same where it makes one without them, and the evidence says so', async () => {
    const result = await ended('manages', 'require("node:fs").writeFileSync("made.txt", "without an answer")');
    expect(result).toMatchObject({ verdict: 'PR_READY', reason: { code: 'validated' }, cost: used });
    expect(await readFile(join(result.evidence.dir, 'REPORT.md'), 'utf8')).toMatch(room);
  });
});
