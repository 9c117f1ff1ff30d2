import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rounded, timed } from './measure.mjs';

/**
 * What a daemon and its PostgreSQL take of the machine over a while, together and apart. Memory is the proportional set:
 * what is shared is counted once.
 *
 * @param {{ readonly pid: number, readonly data: string }} daemon
 * @param {number} seconds
 */
export async function usageOver({ pid, data }, seconds) {
  const server = serverOf(data);
  const before = { at: performance.now(), daemon: cpuSeconds([pid]), postgres: cpuSeconds(family(server)) };
  await pause(seconds * 1000);
  const wall = (performance.now() - before.at) / 1000;
  const percent = (/** @type {number} */ cpu) => rounded((cpu / wall) * 100, 2);
  const cpu = { daemon: cpuSeconds([pid]) - before.daemon, postgres: cpuSeconds(family(server)) - before.postgres };
  const memory = { daemon: memoryMb([pid]), postgres: memoryMb(family(server)) };
  return {
    seconds,
    cpuPercent: { daemon: percent(cpu.daemon), postgres: percent(cpu.postgres), sum: percent(cpu.daemon + cpu.postgres) },
    memoryMb: { daemon: memory.daemon.mb, postgres: memory.postgres.mb, sum: rounded(memory.daemon.mb + memory.postgres.mb) },
    memoryIs: memory.daemon.is,
    // What other Node processes share with the daemon counts as theirs too; alone it would have all of this.
    daemonRssMb: megabytes([kilobytes(textOf(pid, 'status'), 'VmRSS')]),
    sessions: family(server).length - 1,
  };
}

/**
 * Pids of processes that were started with exactly these words.
 *
 * @param {readonly string[]} argv
 */
export function processesOf(argv) {
  const wanted = `${argv.join('\0')}\0`;
  return pids().filter((pid) => textOf(pid, 'cmdline') === wanted && stateOf(pid) !== 'Z');
}

/**
 * What all processes that a process started, and they in turn, take together; what they share is counted once.
 *
 * @param {number} root
 */
export function megabytesBelow(root) {
  const parents = new Map(pids().map((pid) => [pid, Number(fieldsOf(pid)[1])]));
  /** @type {(pid: number) => boolean} */
  const isBelow = (pid) => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  return memoryMb([...parents.keys()].filter(isBelow)).mb;
}

/** @param {string} data */
function serverOf(data) {
  return Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
}

/** @param {number} parent */
function family(parent) {
  return [parent, ...pids().filter((pid) => Number(fieldsOf(pid)[1]) === parent)];
}

function pids() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * Of the processes and of those that they started and saw end, so that what ends meanwhile is not lost.
 *
 * @param {readonly number[]} processes
 */
function cpuSeconds(processes) {
  const ticks = processes.map((pid) =>
    fieldsOf(pid)
      .slice(11, 15)
      .map(Number)
      .reduce((sum, some) => sum + some, 0),
  );
  return ticks.reduce((sum, some) => sum + some, 0) / Number(timed(['getconf', 'CLK_TCK']).stdout);
}

/** @param {readonly number[]} processes */
function memoryMb(processes) {
  const proportional = processes.map((pid) => kilobytes(textOf(pid, 'smaps_rollup'), 'Pss'));
  if (proportional.every((kb) => kb !== null)) return { is: 'PSS', mb: megabytes(proportional) };
  return { is: 'RSS', mb: megabytes(processes.map((pid) => kilobytes(textOf(pid, 'status'), 'VmRSS'))) };
}

/** @param {readonly (number | null)[]} kilobytesOfEach */
function megabytes(kilobytesOfEach) {
  return rounded(kilobytesOfEach.reduce((/** @type {number} */ sum, kb) => sum + (kb ?? 0), 0) / 1024);
}

/**
 * @param {string} text
 * @param {string} name
 */
function kilobytes(text, name) {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found === null ? null : Number(found[1]);
}

/** @param {number} pid */
function stateOf(pid) {
  return fieldsOf(pid)[0];
}

/**
 * Fields of /proc/PID/stat from the state on; the name before it may hold anything.
 *
 * @param {number} pid
 */
function fieldsOf(pid) {
  const text = textOf(pid, 'stat');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/**
 * '' of a process that is gone.
 *
 * @param {number} pid
 * @param {string} file
 */
function textOf(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
