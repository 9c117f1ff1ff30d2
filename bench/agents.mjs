import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { load, rounded } from './measure.mjs';

/**
 * What test/agents/price.ts makes of an agent.
 *
 * @typedef {{ readonly firstRequest: { readonly tokens: number }, readonly turnMs: number, readonly peakMb: number }} Price
 * @typedef {{ readonly station: Price, readonly byHand: Price }} Pair
 */

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What the real agents take as stations of the factory, in its sandbox and by its gateway, against the same agents started by
 * hand with what they bring themselves: the tokens of a first request, a turn, memory. Against a model twin, in one run.
 */
export async function agentsBench() {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-agents-'));
  const file = join(folder, 'prices.json');
  process.env['JIDOKA_BENCH_AGENTS'] = file;
  try {
    const options = { root, config: join(root, 'vitest.agents.config.ts'), watch: false };
    // What it says of its tests is not for those who read the figures.
    const run = await startVitest('test', ['test/agents/price'], options, {}, { stdout: process.stderr });
    await run.close();
    /** @type {Readonly<Record<string, Pair>>} */
    const prices = JSON.parse(readFileSync(file, 'utf8'));
    const agents = Object.entries(prices).map(([agent, pair]) => [agent, { ...pair, differs: differenceOf(pair) }]);
    if (agents.length === 0) throw new Error('No agent was measured.');
    return { agents: Object.fromEntries(agents), loadAverage: load() };
  } finally {
    delete process.env['JIDOKA_BENCH_AGENTS'];
    rmSync(folder, { recursive: true });
  }
}

/** @param {Pair} pair */
function differenceOf({ station, byHand }) {
  return {
    firstRequestTokens: station.firstRequest.tokens - byHand.firstRequest.tokens,
    firstRequestPercent: rounded((station.firstRequest.tokens / byHand.firstRequest.tokens - 1) * 100),
    turnMs: station.turnMs - byHand.turnMs,
    peakMb: station.peakMb - byHand.peakMb,
  };
}
