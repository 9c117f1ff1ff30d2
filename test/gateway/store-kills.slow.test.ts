import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelStore } from '../../src/core/ports/gateway/gateway-door.ts';
import { openModelStore } from '../../src/gateway.ts';
import { openModelTwin } from '../../src/model-twin.ts';
import { removeDatabase } from '../../src/plant/postgres/index.ts';
import { ended, type GatewayProcess, startGatewayProcess } from './gateway-process.ts';

const key = 'key-of-the-owner-of-the-gateways';
/** Calls that all may make together, and the part of them that one process takes at once. */
const [cap, slice] = [48, 2];

let home: string;
let store: ModelStore;
let twin: Awaited<ReturnType<typeof openModelTwin>>;
const children: ChildProcess[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-gateway-kills-'));
  twin = await openModelTwin({ scenario: null, replay: null, tape: null, port: 0 });
  const postgresBin = process.env['JIDOKA_PG_BIN'] ?? null;
  store = await openModelStore({ home, databaseUrl: null, postgresBin, env: process.env }, () => undefined);
  await writeFile(
    join(home, 'factory.yaml'),
    `gateway:
  providers: { house: { protocols: [chat], base: "${twin.url}", vendor: self, region: own } }
  models:
    strong:
      { upstreams: [house/twin], price: { asOf: 2026-11-20, input: 3, output: 15 }, window: 200000, output: 100, capabilities: [tools], weights: open }
  slots: { coder: strong }
  budgets: [{ of: organisation, per: month, calls: ${cap} }]
`,
  );
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await ended(child, 'SIGTERM');
  await store.close();
  await twin.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const start = (): Promise<GatewayProcess> => startGatewayProcess(home, key, children);

async function recorded(): Promise<number> {
  const [sum] = await store.calls.spend([]);
  return sum?.calls ?? 0;
}

async function ask({ url }: GatewayProcess): Promise<number> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 10, messages: [{ role: 'user', content: 'Hello?' }] });
  const answer = await fetch(`${url}/g/${key}/v1/chat/completions`, { method: 'POST', body });
  await answer.text();
  return answer.status;
}

it('gateways that are killed at any moment never pass a cap together, and forfeit no more than a slice each', async () => {
  const living = [await start(), await start()];
  let [answered, kills] = [0, 0];
  for (let round = 0; ; round += 1) {
    const statuses = await Promise.all(living.map(ask));
    answered += statuses.filter((status) => status === 200).length;
    expect(statuses.every((status) => status === 200 || status === 402)).toBe(true);
    if (statuses.every((status) => status === 402)) break;
    if (round % 6 !== 5) continue;
    // What is on record stays there, whoever is killed.
    while ((await recorded()) < answered);
    const [first] = living;
    if (first !== undefined) await ended(first.child, 'SIGKILL');
    kills += 1;
    living[0] = await start();
  }
  expect(kills).toBeGreaterThan(1);
  expect(answered).toBeLessThanOrEqual(cap);
  // The last two processes may each hold a slice that has no room for the other.
  expect(answered).toBeGreaterThanOrEqual(cap - (kills + living.length) * slice);
  for (const { child } of living) await ended(child, 'SIGTERM');
  expect(await recorded()).toBe(answered);
});
