import { setTimeout as pause } from 'node:timers/promises';
import { unconfined } from '../dist/src/core/ports/floor.js';
import { createFactory } from '../dist/src/factory.js';
import { load, rounded, spread } from './measure.mjs';
import { inHome, jidoka, machinesOf, up } from './place.mjs';
import { usageOver } from './processes.mjs';
import { followFeed, reviewer, submitTinyRun } from './tiny-run.mjs';

/** @typedef {Awaited<ReturnType<typeof usageOver>>} Usage */

const runs = 1_000;
const approvals = 20;
const seconds = 20;

/**
 * What runs that wait at gates cost: a daemon and its PostgreSQL with none, with a thousand just parked, and with a
 * thousand after a restart; and how soon runs have gone on to their ends once they are approved.
 */
export function parked() {
  return inHome(async ({ home }) => {
    const empty = await rested(await up(home));
    await jidoka(home, ['down']);
    const first = await up(home);
    const parkedPerSecond = await park(home);
    const justParked = await rested(first);
    await jidoka(home, ['down']);
    const restarted = await rested(await up(home));
    return {
      runs,
      goals: { extraMemoryMb: 100, extraCpuPercent: 5 },
      extra: extraOf(restarted, empty),
      extraJustParked: extraOf(justParked, empty),
      empty,
      restarted,
      justParked,
      parkedPerSecond,
      approvedToEndedMs: await approve(home),
      loadAverage: load(),
    };
  });
}

/**
 * Lets what the start or the work before left behind come to rest, and measures.
 *
 * @param {{ readonly pid: number, readonly data: string }} daemon
 */
async function rested(daemon) {
  await pause(8_000);
  return usageOver(daemon, seconds);
}

/**
 * @param {Usage} usage
 * @param {Usage} empty
 */
function extraOf(usage, empty) {
  return {
    memoryMb: rounded(usage.memoryMb.sum - empty.memoryMb.sum),
    cpuPercent: rounded(usage.cpuPercent.sum - empty.cpuPercent.sum, 2),
  };
}

/**
 * Submits the runs and waits until the daemon has every one of them at its gate.
 *
 * @param {string} home
 */
async function park(home) {
  const machines = await machinesOf(home);
  try {
    const begun = performance.now();
    for (let number = 0; number < runs; number += 1) await submitTinyRun(machines, number);
    const deadline = begun + 300_000;
    for (let open = 0; open < runs; open = (await machines.ledger.openGates()).length) {
      if (performance.now() > deadline) throw new Error(`${open} of ${runs} runs are at their gates`);
      await pause(100);
    }
    return rounded((runs * 1000) / (performance.now() - begun));
  } finally {
    await machines.close();
  }
}

/**
 * Approves gates one after the other, beside the daemon that goes on with their runs.
 *
 * @param {string} home
 */
async function approve(home) {
  const factory = await createFactory({
    home,
    databaseUrl: null,
    postgresBin: null,
    env: process.env,
    floor: unconfined,
    version: '0.0.0-bench',
    log: () => {},
  });
  const stop = new AbortController();
  /** @type {Map<string, number>} */
  const answeredAt = new Map();
  /** @type {number[]} */
  const latencies = [];
  try {
    const { ended: followed } = await followFeed(factory.feed, stop.signal, ({ run, body }) => {
      const at = answeredAt.get(run);
      if (body.type === 'run.ended' && at !== undefined) latencies.push(performance.now() - at);
    });
    for (const { gate, run } of (await factory.gates.open()).slice(0, approvals)) {
      answeredAt.set(run, performance.now());
      await factory.gates.answer(gate, { choice: 'approve', note: '', digest: null, actor: reviewer });
      await pause(100);
    }
    for (const deadline = performance.now() + 30_000; latencies.length < approvals && performance.now() < deadline;) await pause(20);
    if (latencies.length !== approvals) throw new Error(`${latencies.length} of ${approvals} runs went on`);
    stop.abort();
    await followed;
    return spread(latencies);
  } finally {
    stop.abort();
    await factory.close();
  }
}
