import { median, rounded, timed } from './measure.mjs';

const times = 10;

/**
 * Wall time of `jidoka --help` beside that of an empty Node process.
 *
 * @param {string} program
 */
export function helpTime(program) {
  const help = repeat([process.execPath, program, '--help']);
  const empty = repeat([process.execPath, '-e', '0']);
  return { goalMs: 200, helpMs: rounded(median(help)), slowestMs: rounded(Math.max(...help)), emptyNodeMs: rounded(median(empty)), times };
}

/** @param {readonly [string, ...string[]]} argv */
function repeat(argv) {
  timed(argv);
  return Array.from({ length: times }, () => timed(argv).ms);
}
