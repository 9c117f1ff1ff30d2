// What a session of 45 calls costs by where it is asked and by who sets marks of the cache: through a real gateway, in dollars of its price
// list, in front of an upstream that caches what it is sent byte for byte. No time is measured.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rounded } from './measure.mjs';
import { prefixUpstream } from './prefix-upstream.mjs';

const calls = 45;
/** Tokens of the first prompt, and of what each call adds. */
const [start, growth] = [15_000, 1_500];
const mark = { cache_control: { type: 'ephemeral' } };

/**
 * One way to hold a session: which model is asked at each call, whether the agent sets marks itself, and whether the first provider is
 * down for some calls in the middle of it.
 *
 * @typedef {{ model: (call: number) => string, marks: boolean, outage?: boolean }} Way
 */

/** @param {number} call */
const isDown = (call) => call >= 20 && call < 30;

/** @type {Readonly<Record<string, Way>>} */
const ways = {
  'pinned, the agent sets marks': { model: () => 'strong', marks: true },
  'pinned, the gateway inserts marks': { model: () => 'marked', marks: false },
  'pinned, nobody sets marks': { model: () => 'strong', marks: false },
  'two providers of one model in turn': { model: (call) => (call % 2 === 0 ? 'strong' : 'strong-b'), marks: true },
  'a middle model, pinned': { model: () => 'middle', marks: true },
  'a strong and a middle model in turn': { model: (call) => (call % 2 === 0 ? 'strong' : 'middle'), marks: true },
  'an outage of ten calls, the session stays where it went': { model: () => 'both', marks: true, outage: true },
  'the same outage, and back when it is over': { model: (call) => (isDown(call) ? 'strong-b' : 'strong'), marks: true },
};

/** The cost of each way, and how much of what was sent was read from a cache. */
export async function prefixBench() {
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const [name, way] of Object.entries(ways)) found[name] = await session(way);
  return {
    unit: 'USD',
    session: { calls, start, growth },
    prices: 'strong 5/25, middle 3/15; written 1.25, read 0.1 of input',
    ways: found,
  };
}

/** @param {Way} way */
async function session(way) {
  const { openGateway } = await import('../dist/src/gateway.js');
  const { parseGateway } = await import('../dist/src/works/gateway/index.js');
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-prefix-'));
  const upstream = await prefixUpstream();
  const record = join(folder, 'calls.jsonl');
  const config = parseGateway(settings(upstream.url), 'factory.yaml');
  if (config === null) throw new Error('The bench has no gateway.');
  const log = (/** @type {string} */ line) => console.error(line);
  const gateway = await openGateway({ config, env: {}, folder, listen: { port: 0 }, key: null, record, store: null, log });
  try {
    for (let call = 0; call < calls; call += 1) {
      if (way.outage === true && isDown(call)) upstream.failing.add('a');
      else upstream.failing.clear();
      await ask(gateway, bodyOf(way, call));
    }
  } finally {
    await gateway.close();
    await upstream.close();
  }
  const lines = readFileSync(record, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  return summed(lines.map((line) => JSON.parse(line)).filter(({ usage }) => usage !== undefined));
}

/**
 * @param {{ url: string, token: string }} gateway
 * @param {object} body
 */
async function ask({ url, token }, body) {
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'x-api-key': token }, body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error(`The gateway answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** @param {readonly any[]} taken calls as the record has them */
function summed(taken) {
  if (taken.length !== calls) throw new Error(`The record has ${taken.length} calls, and ${calls} were made.`);
  const sum = (/** @type {(call: any) => number} */ of) => taken.reduce((total, call) => total + of(call), 0);
  const read = sum(({ usage }) => usage.cacheRead);
  const sent = sum(({ usage }) => usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h);
  const where = taken.map(({ by }) => by.at);
  return {
    usd: rounded(sum(({ cost }) => cost.microUsd) / 1e6, 2),
    savedUsd: rounded(sum(({ saved }) => saved) / 1e6, 2),
    readShare: rounded(read / sent, 3),
    switches: where.filter((at, call) => call > 0 && at !== where[call - 1]).length,
  };
}

/**
 * A session as agents have it: all that was said before goes with every call, and each call adds a call of a tool with its result.
 *
 * @param {Way} way
 * @param {number} call
 */
function bodyOf({ model, marks }, call) {
  const words = (/** @type {number} */ tokens, /** @type {string} */ what) =>
    `${what} `.repeat(Math.ceil((tokens * 4) / (what.length + 1)));
  const turns = Array.from({ length: call }, (_, at) => [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${at}`, name: 'read', input: { path: `src/${at}.ts` } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content: words(growth - 40, `line ${at}`) }] },
  ]).flat();
  const messages = [{ role: 'user', content: [{ type: 'text', text: words(1_000, 'task') }] }, ...turns];
  const system = [{ type: 'text', text: words(start - 1_100, 'rule'), ...(marks && mark) }];
  const last = messages.length - 1;
  return {
    model: model(call),
    max_tokens: 4_000,
    system,
    tools: [{ name: 'read', input_schema: { type: 'object', properties: { path: { type: 'string' } } } }],
    messages: messages.map((message, at) =>
      marks && at === last ? { ...message, content: message.content.map((block) => ({ ...block, ...mark })) } : message,
    ),
  };
}

/** @param {string} base */
function settings(base) {
  const list = (/** @type {number} */ input) =>
    `price: { asOf: 2026-11-20, input: ${input}, output: ${input * 5}, cacheRead: ${input / 10}, cacheWrite5m: ${input * 1.25}, cacheWrite1h: ${input * 2} }`;
  const rest = 'window: 200000, output: 8000, capabilities: [tools], weights: closed';
  return `gateway:
  providers:
    a: { protocols: [messages], base: "${base}/a", vendor: a, region: own }
    b: { protocols: [messages], base: "${base}/b", vendor: b, region: own }
  models:
    strong: { upstreams: [a/big], ${list(5)}, ${rest} }
    strong-b: { upstreams: [b/big], ${list(5)}, ${rest} }
    both: { upstreams: [a/big, b/big], ${list(5)}, ${rest} }
    marked: { upstreams: [a/big], ${list(5)}, ${rest}, cacheMarks: insert }
    middle: { upstreams: [b/middle], ${list(3)}, ${rest} }
  slots: {}
`;
}
