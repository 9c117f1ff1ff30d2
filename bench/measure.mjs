import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, expect?: readonly number[] }} Place */

/**
 * Runs a command to its end and gives its wall time in milliseconds; throws where it ends otherwise than expected.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {Place} [place]
 */
export function timed([command, ...args], { cwd, env, expect = [0] } = {}) {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: env ?? process.env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const ms = performance.now() - startedAt;
  if (error !== undefined) throw error;
  if (status === null || !expect.includes(status))
    throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
  return { ms, stdout };
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/**
 * @param {number} value
 * @param {number} digits
 */
export function rounded(value, digits = 1) {
  return Number(value.toFixed(digits));
}

/**
 * What many measurements of one thing come to.
 *
 * @param {readonly number[]} values
 * @param {number} [digits]
 */
export function spread(values, digits = 1) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (/** @type {number} */ share) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN, digits);
  return { p50: at(0.5), p95: at(0.95), max: at(1), times: sorted.length };
}

/** Processes that wanted a core during the last minute, on average: what a figure is to be read with. */
export function load() {
  return rounded(loadavg()[0] ?? NaN, 2);
}
