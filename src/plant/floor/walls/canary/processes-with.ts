import { readFile, readdir } from 'node:fs/promises';
import { capture } from '../../spawn/spawn.ts';

/** Pids of the processes of this host that carry a mark in their command line. */
export function processesWith(mark: string): Promise<readonly number[]> {
  return process.platform === 'linux' ? ofProc(mark) : ofPs(mark);
}

async function ofProc(mark: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const marked = await Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).includes(mark)),
  );
  return pids.filter((_, index) => marked[index] === true).map(Number);
}

async function ofPs(mark: string): Promise<readonly number[]> {
  const { stdout } = await capture({ argv: ['/bin/ps', '-axww', '-o', 'pid=,command='], cwd: '/', env: {}, user: null });
  const lines = stdout.split('\n').filter((line) => line.includes(mark));
  return lines.map((line) => Number.parseInt(line, 10));
}
