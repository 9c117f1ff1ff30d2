import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { openAgentBench, type AgentBench } from '../station/agent-bench.ts';
import { realAgent } from '../station/real-agent.ts';
import { type Agent, agents } from './agents.ts';
import { prepareByHand, runByHand } from './by-hand.ts';
import { idleTurns, priceOf, type Price, withPeak } from './price.ts';

const prices: Record<string, { readonly station: Price; readonly byHand: Price }> = {};
let folder: string;
let bench: AgentBench;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-price-'));
  bench = await openAgentBench();
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true, force: true });
  const file = process.env['JIDOKA_BENCH_AGENTS'];
  if (file !== undefined) await writeFile(file, JSON.stringify(prices));
});

describe.each(agents.map((agent) => [agent.name, agent] as const))('%s as a station', (name, agent) => {
  it('asks no more of a model before it has done anything than it would by hand, but for the words of the factory', async () => {
    const price = { station: await asStation(name), byHand: await byHand(agent) };
    prices[name] = price;
    expect(price.station.turns).toBeGreaterThanOrEqual(idleTurns.length);
    expect(price.byHand.turns).toBeGreaterThanOrEqual(idleTurns.length);
    expect(price.station.firstRequest.tokens).toBeLessThan(price.byHand.firstRequest.tokens + wordsOfTheFactory);
  });
});

/** Tokens of the order, the role and the tool that takes the report. */
const wordsOfTheFactory = 4_000;

async function asStation(driver: string): Promise<Price> {
  const report = { state: 'NO_OP', rule: 'already-fixed', summary: 'It says so.', proof: [{ file: 'a.txt' }] };
  const scenario = { steps: [...idleTurns, { report }, { say: 'Done.' }] };
  const agent = await realAgent(driver);
  const [done, peakMb] = await withPeak(() => bench.perform({ driver, agent, scenario }));
  expect(done.claim, JSON.stringify(done.events)).toMatchObject({ code: 'already-fixed' });
  return priceOf(done.calls, peakMb);
}

async function byHand(agent: Agent): Promise<Price> {
  const tape = memoryTape();
  const scenario = readScenario(JSON.stringify({ steps: [...idleTurns, { say: 'Done.' }] }), 'price');
  const twin = await startModelTwin({ scenario, port: 0, tape, replay: null });
  try {
    const files = { 'a.txt': 'broken\n', 'AGENTS.md': '# Rules\n\nWrite nothing but what was asked for.\n' };
    const task = 'Mend a.txt: it is to say "fixed".';
    const place = await prepareByHand(agent, { folder: join(folder, agent.name), url: twin.url, task, files });
    const [code, peakMb] = await withPeak(() => runByHand(agent, place));
    expect(code).toBe(0);
    return priceOf(
      tape.entries().filter(({ kind }) => kind === 'main'),
      peakMb,
    );
  } finally {
    await twin.close();
  }
}
