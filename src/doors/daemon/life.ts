import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';

/** A process in one of its lives. */
export interface Living {
  readonly pid: number;
  /** Differs from that of any other process that had or will have this pid, also after the machine was off. */
  readonly life: string;
}

/** Names the life of a process. Null where no such process lives; a zombie lives no more. */
export async function lifeOf(pid: number): Promise<Living | null> {
  const life = process.platform === 'linux' ? await lifeInProc(pid) : await lifeByPs(pid);
  return life === null ? null : { pid, life };
}

/** Says whether this very process still lives. */
export async function lives({ pid, life }: Living): Promise<boolean> {
  return (await lifeOf(pid))?.life === life;
}

/** Reads what `lifeOf` made, from a file that may hold anything. */
export function livingFrom(value: unknown): Living | null {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('life' in value)) return null;
  const { pid, life } = value;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && typeof life === 'string' ? { pid, life } : null;
}

/** Boot, namespace and clock tick of birth: a pid and its tick alone may come again after the next boot. */
async function lifeInProc(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Counted after the name, which may hold anything: state is field 3, the birth field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === '' || fields[0] === 'Z' || fields[0] === 'X') return null;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return [fields[19], boot.trim(), namespace].join(' ');
}

async function lifeByPs(pid: number): Promise<string | null> {
  const line = await new Promise<string>((resolve) => {
    execFile('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], (error, stdout) => resolve(error ? '' : stdout.trim()));
  });
  const [state, ...born] = line.split(/\s+/);
  return born.length === 0 || state?.startsWith('Z') ? null : born.join(' ');
}
