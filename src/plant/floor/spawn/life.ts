import { readFile } from 'node:fs/promises';

/** The boot of this machine that pids are of; '' where the machine does not tell. */
export async function bootOfMachine(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

/** When a process started, as text to compare; null where there is no such process. */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return answers(pid) ? '' : null;
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (line === null) return null;
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? '');
}

/** Tells the life of the process that has this pid now from any other that had or will have it; null where there is none. */
export async function lifeOf(pid: number): Promise<string | null> {
  const started = await startOf(pid);
  return started === null ? null : `${await bootOfMachine()}.${started}`;
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
