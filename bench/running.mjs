import { setTimeout as pause } from 'node:timers/promises';
import { load, rounded } from './measure.mjs';
import { inHome, jidoka, up } from './place.mjs';
import { megabytesBelow, processesOf, usageOver } from './processes.mjs';
import { makeRepository } from './ticket.mjs';

const jobs = 20;
const seconds = 10;
/** A station that sits still: what is measured is what the factory keeps for it. */
const asleep = /** @type {const} */ (['sleep', '86399']);

/**
 * What runs with a station at work cost the factory: a daemon and its PostgreSQL with none, and with twenty in workspaces of the
 * sandbox whose program only sleeps. What an agent takes itself is another bench (`agents`); what a parked run takes, a third.
 */
export function running() {
  return inHome(async ({ folder, home }) => {
    const daemon = await up(home, ['--at-once', String(jobs)]);
    const repository = makeRepository(folder, 'target');
    await pause(5_000);
    const none = { ...(await usageOver(daemon, seconds)), belowMb: megabytesBelow(daemon.pid) };
    const station = `command:${asleep.join(' ')}`;
    for (let job = 0; job < jobs; job += 1) {
      const ticket = ['--ticket', `${repository}.md`, '--key', `T-${job}`];
      await jidoka(home, ['run', 'bug', '--repo', repository, ...ticket, '--station', station, '--detach', '--json']);
    }
    await allAsleep();
    await pause(5_000);
    const working = { ...(await usageOver(daemon, seconds)), belowMb: megabytesBelow(daemon.pid) };
    return { jobs, perJob: perJob(working, none), none, working, loadAverage: load() };
  });
}

async function allAsleep() {
  const until = Date.now() + 180_000;
  while (processesOf(asleep).length < jobs) {
    if (Date.now() > until) throw new Error(`Only ${processesOf(asleep).length} of ${jobs} stations are at work after three minutes.`);
    await pause(500);
  }
}

/**
 * @typedef {Awaited<ReturnType<typeof usageOver>> & { readonly belowMb: number }} Usage
 * @param {Usage} working
 * @param {Usage} none
 */
function perJob(working, none) {
  return {
    daemonMb: rounded((working.memoryMb.daemon - none.memoryMb.daemon) / jobs, 2),
    postgresMb: rounded((working.memoryMb.postgres - none.memoryMb.postgres) / jobs, 2),
    // The holder of its workspace, its walls and the sleeping program.
    processesMb: rounded((working.belowMb - none.belowMb) / jobs, 2),
    cpuPercent: rounded((working.cpuPercent.sum - none.cpuPercent.sum) / jobs, 3),
  };
}
