// Events appended and fed per second, how soon a reader has them, and the time to verify a chain and to list open gates:
// node bench/ledger.mjs (after `npm run build`).
// Prints one JSON document. The database is one of our own in a temporary home, with fsync on.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDigest, parseRunId } from '../dist/src/core/base/ids.js';
import { verifyChain } from '../dist/src/core/evidence/chain.js';
import { openFeed, openLedger } from '../dist/src/plant/ledger/index.js';
import { openDatabase, removeDatabase } from '../dist/src/plant/postgres/index.js';
import { rounded } from './measure.mjs';

/** @typedef {import('../dist/src/plant/postgres/index.js').Database} Database */
/** @typedef {import('../dist/src/core/evidence/event.js').NewEvent} NewEvent */

const secondsPerCase = 2;
const verifyEvents = 100_000;
const openGates = 1_000;
const pageEvents = 1_000;
const goals = { eventsPerSecond: 2000, verifyMs: 2000 };

const home = await mkdtemp(join(tmpdir(), 'jidoka-bench-'));
try {
  const openMs = { firstEver: await openAndClose(), stopped: await openAndClose() };
  const database = await open();
  const besideRunning = await openAndClose();
  const append = [];
  for (const writers of [1, 4]) for (const batch of [1, 10, 100]) append.push(await measureAppend(database, writers, batch));
  const verify = await measureVerify(database);
  const feed = { ...(await measureFeedRead(database)), follow: await measureFollow(database, 4) };
  const gates = await measureGates(database);
  await database.close();
  console.log(
    JSON.stringify({ postgres: database.version, goals, openMs: { ...openMs, besideRunning }, append, verify, feed, gates }, null, 2),
  );
} finally {
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
}

function open() {
  return openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
}

/** Milliseconds until the database was open; closing is not counted. */
async function openAndClose() {
  const start = performance.now();
  const database = await open();
  const ms = Math.round(performance.now() - start);
  await database.close();
  return ms;
}

/**
 * Lets writers append to a run of their own each for a while, one batch after the other.
 *
 * @param {Database} database
 * @param {number} writers
 * @param {number} batch
 */
async function measureAppend(database, writers, batch) {
  const ledger = openLedger(database);
  const start = performance.now();
  /** @type {number[]} */
  const latencies = [];
  /** @param {number} writer */
  const write = async (writer) => {
    const run = parseRunId(`bench-${writers}-${batch}-${writer}`);
    for (let turn = 0; performance.now() - start < secondsPerCase * 1000; turn += 1) {
      const before = performance.now();
      await ledger.append(run, sample(turn * batch, batch));
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const eventsPerSecond = Math.round((latencies.length * batch * 1000) / (performance.now() - start));
  return { writers, batch, eventsPerSecond, ...quantiles(latencies) };
}

/** @param {Database} database */
async function measureVerify(database) {
  const ledger = openLedger(database);
  const run = parseRunId('bench-verify');
  for (let from = 0; from < verifyEvents; from += 1000) await ledger.append(run, sample(from, 1000));
  const beforeRead = performance.now();
  const events = await ledger.read(run);
  const beforeVerify = performance.now();
  const check = verifyChain(run, events, (content) => parseDigest(createHash('sha256').update(content).digest('hex')));
  if (check.kind !== 'intact') throw new Error(check.message);
  return { events: check.events, readMs: Math.round(beforeVerify - beforeRead), verifyMs: Math.round(performance.now() - beforeVerify) };
}

/**
 * Reads all there is, page by page, and then one run again.
 *
 * @param {Database} database
 */
async function measureFeedRead(database) {
  const feed = openFeed(database);
  const start = performance.now();
  let events = 0;
  for (let cursor = null, more = true; more;) {
    const page = await feed.after(cursor, { limit: pageEvents });
    events += page.events.length;
    more = page.events.length === pageEvents;
    cursor = page.cursor;
  }
  const eventsPerSecond = Math.round((events * 1000) / (performance.now() - start));
  const beforeRun = performance.now();
  const page = await feed.after(null, { limit: pageEvents, run: 'bench-1-1-0' });
  const pageOfRunMs = rounded(performance.now() - beforeRun, 2);
  const beforeIdle = performance.now();
  await feed.after(page.cursor, { limit: pageEvents, run: 'bench-never' });
  return { events, eventsPerSecond, pageOfRunMs, nothingForRunMs: rounded(performance.now() - beforeIdle, 2) };
}

/**
 * The time from the call of an append to the event in the hands of one who follows the feed.
 *
 * @param {Database} database
 * @param {number} writers
 */
async function measureFollow(database, writers) {
  const [ledger, feed] = [openLedger(database), openFeed(database)];
  const stop = new AbortController();
  /** @type {number[]} */
  const latencies = [];
  const follow = async () => {
    let cursor = await feed.end();
    for (let idle = false; !(idle && stop.signal.aborted);) {
      const page = await feed.after(cursor, { limit: pageEvents });
      for (const { event } of page.events) latencies.push(performance.now() - Number(event.key));
      cursor = page.cursor;
      idle = page.events.length === 0;
      if (idle) await feed.wait(1_000, stop.signal);
    }
  };
  const following = follow();
  const start = performance.now();
  /** @param {number} writer */
  const write = async (writer) => {
    const run = parseRunId(`bench-follow-${writer}`);
    while (performance.now() - start < secondsPerCase * 1000)
      await ledger.append(
        run,
        sample(0, 1).map((event) => ({ ...event, key: String(performance.now()) })),
      );
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const eventsPerSecond = Math.round((latencies.length * 1000) / (performance.now() - start));
  stop.abort();
  await following;
  await feed.close();
  return { writers, eventsPerSecond, ...quantiles(latencies) };
}

/**
 * Lists gates that wait among all the other events.
 *
 * @param {Database} database
 */
async function measureGates(database) {
  const ledger = openLedger(database);
  for (let gate = 0; gate < openGates; gate += 1) await ledger.append(parseRunId(`bench-gate-${gate}`), [...sample(0, 20), gateOf(gate)]);
  /** @type {number[]} */
  const latencies = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const before = performance.now();
    const listed = await ledger.openGates();
    latencies.push(performance.now() - before);
    if (listed.length !== openGates) throw new Error(`${listed.length} gates are open, not ${openGates}`);
  }
  return { openGates, ...quantiles(latencies) };
}

/**
 * @param {number} gate
 * @returns {NewEvent}
 */
function gateOf(gate) {
  const [openedAt, expiresAt] = [new Date().toISOString(), new Date(Date.now() + 86_400_000).toISOString()];
  const asked = { question: 'Is this what was asked for?', digest: 'c'.repeat(64), roles: ['maintainer'], openedAt, expiresAt };
  return {
    key: 'gate',
    at: openedAt,
    actor: 'bench',
    body: { type: 'gate.opened', stage: 'spec', attempt: 1, gate: `bench-gate-${gate}/spec/1`, choices: ['approve', 'reject'], ...asked },
  };
}

/** @param {number[]} latencies */
function quantiles(latencies) {
  latencies.sort((left, right) => left - right);
  const quantile = (/** @type {number} */ share) => rounded(latencies[Math.floor(latencies.length * share)] ?? 0, 2);
  return { p50Ms: quantile(0.5), p95Ms: quantile(0.95) };
}

/**
 * @param {number} from
 * @param {number} count
 * @returns {NewEvent[]}
 */
function sample(from, count) {
  return Array.from({ length: count }, (_, index) => ({
    key: `stage/inspection/${from + index}`,
    at: new Date().toISOString(),
    actor: 'bench',
    body: {
      type: 'observed',
      stage: 'inspection',
      what: 'tests',
      summary: `ran ${from + index} tests in 1.2 s: all that passed before passed again`,
      logs: [{ sha256: 'a'.repeat(64), bytes: 12_345, label: 'run 1, stdout', mediaType: 'text/plain' }],
    },
  }));
}
