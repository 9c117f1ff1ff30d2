import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { unconfined } from '../dist/src/core/ports/floor.js';
import { createFactory } from '../dist/src/factory.js';
import { parseRunId } from '../dist/src/core/base/ids.js';
import { load, rounded, spread } from './measure.mjs';
import { databaseOf, inHome, machinesOf } from './place.mjs';
import { followFeed, reviewer, submitTinyRun } from './tiny-run.mjs';

/** @typedef {import('./place.mjs').Machines} Machines */
/** @typedef {import('../dist/src/core/ports/engine.js').NewStep} NewStep */

const stepsOfOne = 400;
const works = 20;
const stepsOfEach = 40;
const runs = 200;
const puts = 200;
const putEveryMs = 25;

/**
 * Steps and runs per second, and how soon a step that another process puts is begun. A step is one claim and one
 * transaction that appends an event, plans the next and takes the step away, with fsync on. Beside it what stands in many
 * programs instead: a table of jobs that is polled with `for update skip locked`, and bare inserts.
 */
export function engineBench() {
  return inHome(async ({ home }) => ({
    oneWork: await stepsPerSecond(home, { works: 1, steps: stepsOfOne }),
    manyWorks: await stepsPerSecond(home, { works, steps: stepsOfEach }),
    bare: await bare(home),
    runs: await runsPerSecond(home),
    queueToStart: await queueToStart(home),
    loadAverage: load(),
  }));
}

/**
 * @param {string} home
 * @param {{ readonly works: number, readonly steps: number }} size
 */
async function stepsPerSecond(home, size) {
  const machines = await machinesOf(home);
  const { engine, ledger } = machines;
  const names = Array.from({ length: size.works }, (_, number) => `steps-${size.works}-${number}`);
  let [left, ended] = [names.length, () => {}];
  const allEnded = new Promise((/** @type {(value: void) => void} */ resolve) => (ended = resolve));
  try {
    for (const name of names) await put(machines, name, stepOf('1'));
    const begun = performance.now();
    const offer = { role: /** @type {const} */ ('worker'), name: null, queues: null, labels: [], atOnce: size.works, version: 'bench' };
    const service = engine.serve(offer, async (step) => {
      const number = Number(step.id);
      await engine.transaction(async (tx) => {
        await engine.finish(step, tx);
        await ledger.append(parseRunId(step.work), [eventOf(number)], tx);
        if (number === size.steps) await engine.end(step.work, null, tx);
        else await engine.plan(step.work, [stepOf(String(number + 1))], tx);
      });
      if (number === size.steps) left -= 1;
      if (left === 0) ended();
    });
    await allEnded;
    const seconds = (performance.now() - begun) / 1000;
    await service.stop('when-done');
    return { works: size.works, steps: size.works * size.steps, stepsPerSecond: Math.round((size.works * size.steps) / seconds) };
  } finally {
    await machines.close();
  }
}

/** @param {string} home */
async function bare(home) {
  const database = await databaseOf(home);
  const pool = database.pool;
  try {
    await pool.query('create table jidoka.bench (id bigint generated always as identity primary key, body json not null)');
    const body = JSON.stringify(eventOf(1));
    const insert = () => pool.query('insert into jidoka.bench (body) values ($1) returning id', [body]);
    const insertsPerSecond = await perSecond(insert);
    const polledStepsPerSecond = await perSecond(async () => {
      const client = await pool.connect();
      await client.query('begin');
      const { rows } = await client.query('select id from jidoka.bench order by id limit 1 for update skip locked');
      await client.query('delete from jidoka.bench where id = $1', [rows[0]?.id]);
      await client.query('insert into jidoka.bench (body) values ($1)', [body]);
      await client.query('commit');
      client.release();
    });
    return { insertsPerSecond, polledStepsPerSecond };
  } finally {
    await pool.query('drop table if exists jidoka.bench');
    await database.close();
  }
}

/** @param {() => Promise<unknown>} work */
async function perSecond(work) {
  const begun = performance.now();
  for (let turn = 0; turn < stepsOfOne; turn += 1) await work();
  return Math.round((stepsOfOne * 1000) / (performance.now() - begun));
}

/**
 * Whole runs through works and ledger: submitted, parked at a gate, approved at once, decided, sealed, their evidence written.
 *
 * @param {string} home
 */
async function runsPerSecond(home) {
  const factory = await createFactory({
    home,
    databaseUrl: null,
    postgresBin: null,
    env: process.env,
    floor: unconfined,
    version: '0.0.0-bench',
    log: () => {},
  });
  const machines = await machinesOf(home);
  const stop = new AbortController();
  try {
    await factory.serve({ name: null, queues: null, labels: [], atOnce: 2 });
    let [left, events, ended] = [runs, 0, () => {}];
    const allEnded = new Promise((/** @type {(value: void) => void} */ resolve) => (ended = resolve));
    const answer = (/** @type {string} */ gate) =>
      factory.gates.answer(gate, { choice: 'approve', note: '', digest: null, actor: reviewer });
    const { ended: followed } = await followFeed(factory.feed, stop.signal, ({ body }) => {
      events += 1;
      if (body.type === 'gate.opened') void answer(body.gate);
      if (body.type === 'run.ended') left -= 1;
      if (left === 0) ended();
    });
    const begun = performance.now();
    for (let number = 0; number < runs; number += 1) await submitTinyRun(machines, number);
    await allEnded;
    const seconds = (performance.now() - begun) / 1000;
    stop.abort();
    await followed;
    return { runs, events, stepsOfEach: 4, runsPerSecond: rounded(runs / seconds) };
  } finally {
    stop.abort();
    await machines.close();
    await factory.close();
  }
}

/** @param {string} home */
async function queueToStart(home) {
  const machines = await machinesOf(home);
  const { engine } = machines;
  /** @type {number[]} */
  const latencies = [];
  try {
    const offer = { role: /** @type {const} */ ('worker'), name: null, queues: null, labels: [], atOnce: 4, version: 'bench' };
    const service = engine.serve(offer, async (step) => {
      const now = performance.timeOrigin + performance.now();
      if (step.work.startsWith('put-')) latencies.push(now - Number(step.input));
      await engine.transaction(async (tx) => {
        await engine.finish(step, tx);
        await engine.end(step.work, null, tx);
      });
    });
    const putter = fork(fileURLToPath(new URL('put-steps.mjs', import.meta.url)), [home, String(puts), String(putEveryMs)]);
    const [code] = await once(putter, 'exit');
    if (code !== 0) throw new Error(`the process that puts steps ended with ${code}`);
    for (const deadline = performance.now() + 10_000; latencies.length < puts && performance.now() < deadline;) await pause(20);
    if (latencies.length !== puts) throw new Error(`${latencies.length} of ${puts} steps were begun`);
    await service.stop('when-done');
    return { unit: 'ms from before the transaction that puts it', everyMs: putEveryMs, ...spread(latencies) };
  } finally {
    await machines.close();
  }
}

/**
 * @param {Machines} machines
 * @param {string} name
 * @param {NewStep} step
 */
async function put({ engine }, name, step) {
  const work = { id: name, kind: /** @type {const} */ ('run'), line: 'bench', repository: name, parent: null, input: null };
  await engine.transaction(async (tx) => {
    await engine.submit(work, tx);
    await engine.plan(name, [step], tx);
  });
}

/**
 * @param {string} id
 * @returns {NewStep}
 */
function stepOf(id) {
  const slots = ['global', 'line:bench', 'queue:stages'];
  const scopes = ['factory', 'line:bench', 'queue:stages'];
  return { id, queue: 'stages', slots, rates: [], scopes, starts: false, labels: [], priority: 100, notBefore: null };
}

/**
 * @param {number} number
 * @returns {import('../dist/src/core/evidence/event.js').NewEvent}
 */
function eventOf(number) {
  const summary = `ran ${number} tests in 1.2 s: all that passed before passed again`;
  const body = { type: /** @type {const} */ ('observed'), stage: 'inspection', what: 'tests', summary, logs: [] };
  return { key: `step/${number}`, at: new Date().toISOString(), actor: 'bench', body };
}
