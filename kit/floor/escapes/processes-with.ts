import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isRunning } from '../is-running.ts';

/** Pids of this machine's processes that carry a mark in their command line, but for this one. */
export async function processesWith(mark: string): Promise<readonly number[]> {
  const found = process.platform === 'linux' ? await ofProc(mark) : await ofPs(mark);
  return found.filter((pid) => pid !== process.pid && isRunning(pid));
}

async function ofProc(mark: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
  return pids.filter((_, index) => lines[index]?.includes(mark) === true).map(Number);
}

async function ofPs(mark: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 2 ** 26 });
  const lines = stdout.split('\n').filter((line) => line.includes(mark));
  return lines.map((line) => Number.parseInt(line, 10));
}
