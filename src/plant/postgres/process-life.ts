import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/**
 * Names one life of a process, so that a later process with the same pid is not taken for it.
 * Null where no such process lives; a zombie lives no more.
 *
 * @example
 * await processLife(process.pid); // '4242@118934'
 */
export async function processLife(pid: number): Promise<string | null> {
  const born = process.platform === 'linux' ? await bornInProc(pid) : await bornByPs(pid);
  return born === null ? null : `${pid}@${born}`;
}

/** Names the machine, in the sense that pids on it mean the same thing to everyone who reads this name. */
export async function thisMachine(): Promise<string> {
  const parts = [readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readlink('/proc/self/ns/pid')];
  const known = await Promise.all(
    parts.map((part) =>
      part.then(
        (text) => text.trim(),
        () => '',
      ),
    ),
  );
  return [hostname(), ...known].join(' ');
}

/** Clock ticks after boot at which the process began: field 22, counted after the name, which may hold anything. */
async function bornInProc(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === '' || fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

async function bornByPs(pid: number): Promise<string | null> {
  const line = await new Promise<string>((resolve) => {
    execFile('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], (error, stdout) => resolve(error ? '' : stdout.trim()));
  });
  const [state, ...born] = line.split(/\s+/);
  return born.length === 0 || state?.startsWith('Z') ? null : born.join(' ');
}
