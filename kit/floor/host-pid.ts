import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The pid by which this machine knows a process that calls itself `own` and works below `folder`: behind a wall the two
 * differ. Throws where there is none.
 */
export function hostPid(own: number, folder: string): number {
  if (process.platform !== 'linux') return own;
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && calledItself(name) === own && worksBelow(name, folder));
  const [pid, ...others] = found;
  if (pid === undefined || others.length > 0) throw new Error(`${found.length} processes below ${folder} call themselves ${own}`);
  return Number(pid);
}

/** The innermost of the names that the kernel knows it by. */
function calledItself(pid: string): number | null {
  try {
    const names = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(names?.split(/\s+/).at(-1) ?? pid);
  } catch {
    return null; // it ended meanwhile
  }
}

function worksBelow(pid: string, folder: string): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}
