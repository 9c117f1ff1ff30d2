import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** Pids of all that descend from a process, as long as their parents live. */
export async function descendants(pid: number): Promise<readonly number[]> {
  const seen = process.platform === 'linux' ? await seenInProc() : await seenByPs();
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const one of seen) if (found.has(one.parent)) found.add(one.pid);
  }
  found.delete(pid);
  return [...found];
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
}

async function seenInProc(): Promise<readonly Seen[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = pids.map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return { pid, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0) };
  });
  return Promise.all(stats);
}

async function seenByPs(): Promise<readonly Seen[]> {
  const text = await new Promise<string>((resolve) => {
    execFile('ps', ['-axo', 'pid=,ppid='], (error, stdout) => resolve(error ? '' : stdout));
  });
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].map(([, pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}
