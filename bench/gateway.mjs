// What the model gateway adds to a call: its own process between this one and an upstream that answers at once, with recording on, each
// measurement taken in turn with one of the upstream itself and of what a user would pick instead.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gatewayPeers } from './gateway-peers.mjs';
import { sendAll } from './load-client.mjs';
import { load, median, rounded, spread } from './measure.mjs';

/** @typedef {{ url: string, path: string, headers: Readonly<Record<string, string>>, model: string }} Place */

const goals = {
  passAddsP50Ms: { at4KB: 0.15, at400KB: 2.5 },
  translateAddsP50Ms: { at4KB: 0.8, at400KB: 15 },
  passRequestsPerSecond: 2500,
  firstTokenAddsMs: 1,
};
const rounds = { whole: { 4_000: 600, 400_000: 120 }, stream: { 4_000: 120, 400_000: 60 } };
/** Calls before the first that counts: a gateway runs for days, and all of its code is compiled by then. After 2,000 some of it is not yet. */
const warmUp = { calls: 10_000, streams: 2_000, streamsAtOnce: 48, rounds: 60 };
/** Each is asked so often before the next one is: called once between six others, it is their code that is in the caches of a processor. */
const inARow = 20;
const memoryRequests = 100_000;
const atOnce = 16;

/** @param {string} program the compiled command line */
export async function gatewayBench(program) {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-gateway-'));
  const upstream = await started([fileURLToPath(new URL('gateway-upstream.mjs', import.meta.url))], folder);
  const quick = await started([fileURLToPath(new URL('quick-upstream.mjs', import.meta.url))], folder);
  try {
    writeFileSync(join(folder, 'factory.yaml'), settings(upstream.said.url, quick.said.url));
    const record = join(folder, 'calls.jsonl');
    const gateway = await started(
      [program, 'gateway', 'serve', '--json', '--port', '0', '--config', 'factory.yaml', '--record', record],
      folder,
    );
    const peers = await gatewayPeers(mkdtempSync(join(folder, 'peers-')), upstream.said.url, quick.said.url);
    try {
      return await measured({ direct: upstream.said.url, quick: quick.said.url }, gateway, peers);
    } finally {
      await peers.stop();
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
    await quick.stop();
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {{ direct: string, quick: string }} upstreams
 * @param {Awaited<ReturnType<typeof started>>} gateway
 * @param {Awaited<ReturnType<typeof gatewayPeers>>} peers
 */
async function measured({ direct, quick }, { said: { url, key = '' }, pid }, peers) {
  const path = '/v1/messages';
  /** @type {Readonly<Record<string, Place>>} */
  const loads = {
    direct: { url: quick, path, headers: {}, model: 'up' },
    pass: { url, path, headers: { 'x-api-key': key }, model: 'loaded' },
    ...peers.loads,
  };
  /** @type {Readonly<Record<string, Place>>} */
  const places = {
    direct: { url: direct, path, headers: {}, model: 'up' },
    pass: { url, path, headers: { 'x-api-key': key }, model: 'passed' },
    translate: { url, path, headers: { 'x-api-key': key }, model: 'translated' },
    ...peers.places,
  };
  for (const [name, place] of Object.entries(places)) {
    console.error(`  warm: ${name}`);
    await loaded(place, null, warmUp.calls);
    await sendAll(place, {
      times: warmUp.streams,
      atOnce: warmUp.streamsAtOnce,
      bodyOf: (turn) => bodyOf(place.model, { size: 4_000, stream: true, turn }),
    });
  }
  /** @type {Record<string, unknown>} */
  const calls = {};
  for (const stream of [false, true]) {
    for (const size of /** @type {const} */ ([4_000, 400_000])) {
      console.error(`  ${stream ? 'streams' : 'in one piece'}, ${size / 1000} KB`);
      calls[`${stream ? 'stream' : 'whole'} ${size / 1000} KB`] = await compared(places, {
        size,
        stream,
        times: rounds[stream ? 'stream' : 'whole'][size],
      });
    }
  }
  /** @type {Record<string, unknown>} */
  const throughput = {};
  for (const [name, place] of Object.entries(loads)) {
    await loaded(place, null, warmUp.calls);
    throughput[name] = await loaded(place, name === 'pass' ? pid : null, 20_000);
  }
  const memory = await remembered(/** @type {Place} */ (loads['pass']), pid);
  return { goals, unit: 'ms', recording: true, peers: peers.versions, calls, throughput, memory, load: load() };
}

/**
 * What the gateway keeps of many requests: nothing, where its memory is the same after each quarter of them.
 *
 * @param {Place} place
 * @param {number} pid
 */
async function remembered(place, pid) {
  const rssMB = [memoryOf(pid)];
  for (let quarter = 0; quarter < 4; quarter += 1) {
    await loaded(place, pid, memoryRequests / 4);
    rssMB.push(memoryOf(pid));
  }
  return { requests: memoryRequests, rssMB };
}

/**
 * @param {Readonly<Record<string, Place>>} places
 * @param {{ size: number, stream: boolean, times: number }} what
 */
async function compared(places, { size, stream, times }) {
  const agent = new Agent({ keepAlive: true });
  const names = Object.keys(places);
  /** @type {Record<string, { all: number[], first: number[] }>} */
  const seen = Object.fromEntries(names.map((name) => [name, { all: [], first: [] }]));
  for (let round = -warmUp.rounds; round < times; round += inARow) {
    for (const name of names) {
      const place = /** @type {Place} */ (places[name]);
      const taken = await callsInARow(agent, place, { size, stream, turn: round });
      if (round < 0) continue;
      seen[name]?.all.push(...taken.map(({ all }) => all));
      seen[name]?.first.push(...taken.map(({ first }) => first));
    }
  }
  agent.destroy();
  const base = /** @type {{ all: number[], first: number[] }} */ (seen['direct']);
  return Object.fromEntries(
    Object.entries(seen).map(([name, { all, first }]) => [
      name,
      {
        all: spread(all, 3),
        firstToken: spread(first, 3),
        ...(name === 'direct'
          ? {}
          : { addsP50: rounded(median(all) - median(base.all), 3), firstTokenAddsP50: rounded(median(first) - median(base.first), 3) }),
      },
    ]),
  );
}

/**
 * @param {Place} place
 * @param {number | null} pid whose CPU is counted
 * @param {number} times
 */
async function loaded(place, pid, times) {
  const cpuBefore = pid === null ? [0, 0] : [cpuOf(pid), cpuOf(pid, 'main')];
  const startedAt = performance.now();
  await sendAll(place, { times, atOnce, bodyOf: (turn) => bodyOf(place.model, { size: 4_000, stream: false, turn }) });
  const perSecond = Math.round((times / (performance.now() - startedAt)) * 1000);
  if (pid === null) return { requests: times, atOnce, perSecond };
  const [all = 0, main = 0] = [cpuOf(pid), cpuOf(pid, 'main')].map((now, at) => (now - (cpuBefore[at] ?? 0)) / times);
  return { requests: times, atOnce, perSecond, cpuMsEach: { all: rounded(all, 3), mainThread: rounded(main, 3) } };
}

/**
 * @param {Agent} agent
 * @param {Place} place
 * @param {{ size: number, stream: boolean, turn: number }} what
 */
async function callsInARow(agent, place, { size, stream, turn }) {
  const times = [];
  for (let next = turn; next < turn + inARow; next += 1)
    times.push(await call(agent, place, bodyOf(place.model, { size, stream, turn: next })));
  return times;
}

/**
 * One call; `first` is when the first word of the model was there.
 *
 * @param {Agent} agent
 * @param {Place} place
 * @param {Buffer} body
 * @returns {Promise<{ first: number, all: number }>}
 */
function call(agent, { url, path, headers: own }, body) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const headers = { 'content-type': 'application/json', 'content-length': body.length, ...own };
    const asking = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      let first = 0;
      response.on('data', (/** @type {Buffer} */ chunk) => {
        if (first === 0 && chunk.includes('words of an answer')) first = performance.now() - startedAt;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ first, all: performance.now() - startedAt });
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

/**
 * A session that grew to about this size, and says something new with every turn, as agents do.
 *
 * @param {string} model
 * @param {{ size: number, stream: boolean, turn: number }} what
 */
function bodyOf(model, { size, stream, turn }) {
  const turns = Array.from({ length: Math.max(1, Math.floor(size / 2_000)) }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: 'line "quoted" of a file\n'.repeat(70) }],
  }));
  return Buffer.from(
    JSON.stringify({ model, max_tokens: 4_000, stream, messages: [...turns, { role: 'user', content: `Go on with ${turn}.` }] }),
  );
}

/**
 * @param {string} base
 * @param {string} quick
 */
function settings(base, quick) {
  const model = 'price: { asOf: 2026-11-20, input: 3, output: 15 }, window: 200000, output: 8000, capabilities: [tools], weights: closed';
  return `gateway:
  providers:
    native: { protocols: [messages], base: "${base}", vendor: own, region: own }
    other: { protocols: [chat], base: "${base}", vendor: own, region: own }
    quick: { protocols: [messages], base: "${quick}", vendor: own, region: own }
  models:
    one: { upstreams: [native/up], ${model} }
    two: { upstreams: [other/up], ${model} }
    three: { upstreams: [quick/up], ${model} }
  slots: { passed: one, translated: two, loaded: three }
  budgets: [{ of: organisation, per: day, usd: 1000000 }, { of: run, calls: 100000000 }]
`;
}

/**
 * Starts a program of Node that says where it listens in its first line.
 *
 * @param {readonly string[]} argv
 * @param {string} cwd
 */
async function started(argv, cwd) {
  const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve([text]));
    child.once('exit', (code) => reject(new Error(`${argv.join(' ')} ended with ${code}`)));
  });
  /** @type {{ url: string, key?: string }} */
  const said = JSON.parse(line);
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit').once('exit', resolve);
      child.kill('SIGTERM');
    });
  return { said, pid: child.pid ?? 0, stop };
}

/**
 * Milliseconds of CPU so far, of a process or of its first thread.
 *
 * @param {number} pid
 * @param {'all' | 'main'} [which]
 */
function cpuOf(pid, which = 'all') {
  const fields =
    readFileSync(`/proc/${pid}/${which === 'all' ? '' : `task/${pid}/`}stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** @param {number} pid */
function memoryOf(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}
