import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unconfined } from '../dist/src/core/ports/floor.js';
import { openMachines } from '../dist/src/machines.js';
import { openDatabase, removeDatabase } from '../dist/src/plant/postgres/index.js';

/** @typedef {import('../dist/src/machines.js').Machines} Machines */

const program = fileURLToPath(new URL('../dist/src/doors/cli/main.js', import.meta.url));
const binDir = process.env['JIDOKA_PG_BIN'] ?? null;

/**
 * Does work with a home of its own, and removes the home, its daemon and its database.
 *
 * @template T
 * @param {(place: { readonly folder: string, readonly home: string }) => Promise<T>} work
 */
export async function inHome(work) {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-bench-'));
  await chmod(folder, 0o755); // commands may run as another user
  const home = join(folder, 'home');
  try {
    return await work({ folder, home });
  } finally {
    await jidoka(home, ['down']);
    await removeDatabase(home);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Gives a command line to jidoka as a process of its own, and gives what it printed.
 *
 * @param {string} home
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
export function jidoka(home, args) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, '--home', home, ...args], { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`jidoka ${args.join(' ')} ended with ${error.code}\n${stdout}\n${stderr}`));
    });
  });
}

/**
 * Starts a worker beside the daemon, for as long as the caller lets it live.
 *
 * @param {string} home
 */
export function startWorker(home) {
  return spawn(process.execPath, [program, '--home', home, 'worker', '--at-once', '1'], { stdio: 'ignore' });
}

/**
 * Starts the daemon of a home, and gives its process and where its database is.
 *
 * @param {string} home
 * @param {readonly string[]} [args]
 * @returns {Promise<{ readonly pid: number, readonly data: string }>}
 */
export async function up(home, args = []) {
  const { pid } = JSON.parse(await jidoka(home, ['up', '--port', '0', '--json', ...args]));
  const { database } = JSON.parse(await jidoka(home, ['status', '--json']));
  return { pid, data: database };
}

/**
 * Opens the machines of a home within this process.
 *
 * @param {string} home
 */
export function machinesOf(home) {
  return openMachines({
    home,
    databaseUrl: null,
    postgresBin: binDir,
    floor: unconfined,
    env: process.env,
    version: '0.0.0-bench',
    log: () => {},
  });
}

/**
 * Opens the database of a home and nothing else.
 *
 * @param {string} home
 */
export function databaseOf(home) {
  return openDatabase({ home, binDir, env: process.env, log: () => {} });
}
