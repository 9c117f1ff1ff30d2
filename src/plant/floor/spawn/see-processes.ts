import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Account } from '../account.ts';
import type { SeeProcesses, SeenProcess } from './processes.ts';
import { capture } from './spawn.ts';

/** The way to see processes on this machine: /proc where there is one, else ps. */
export function processViewer(account: Account): SeeProcesses {
  return process.platform === 'linux' ? (marker) => seeProc(marker, account) : seePs;
}

async function seeProc(marker: string, account: Account): Promise<readonly SeenProcess[]> {
  // At once and in one piece: nothing there waits for a disk, and to wait for each file costs ten times as much as to read it.
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const seen = names.map((name) => seeOne(Number(name))).filter((one) => one !== null);
  const hidden = account.user !== null && seen.some((one) => one.environment === null);
  return hidden ? askTheirUser(seen, marker, account) : seen;
}

function seeOne(pid: number): SeenProcess | null {
  const line = textOf(`/proc/${pid}/stat`);
  if (line === null) return null;
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  // A zombie has ended; only its parent can make it go away.
  if (state === 'Z' || state === 'X') return null;
  return { pid, parent: Number(parent), group: Number(group), started: fields[19] ?? '', environment: environmentOf(pid) };
}

/** Null where the process is gone. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Null where another user may be shown what this one is not. */
function environmentOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of the file system, all of whose errors have one
    return isWithheld(code, () => ownerOf(pid), process.getuid?.() ?? null) ? null : '';
  }
}

/**
 * Whether an environment that could not be read may be read by another user. Nobody can where there is none: ESRCH is what
 * Linux says since 6.16 of threads of the kernel, and of whoever is on his way out. What belongs to the user that asks,
 * root as a rule, nobody else can read either.
 */
export function isWithheld(code: string | undefined, owner: () => number | null, self: number | null): boolean {
  return code !== 'ESRCH' && code !== 'ENOENT' && owner() !== self;
}

/** Null where the process is gone. */
function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return null;
  }
}

/** In a container root often may not read what other users' processes carry (no CAP_SYS_PTRACE); they may themselves. */
export async function askTheirUser(seen: readonly SeenProcess[], marker: string, account: Account): Promise<readonly SeenProcess[]> {
  const script = 'exec grep -lsaF -- "$0" /proc/[0-9]*/environ';
  const found = await capture({ argv: ['sh', '-c', script, marker], cwd: '/', env: account.tools, user: account.user });
  const marked = new Set([...found.stdout.matchAll(/^\/proc\/(\d+)\//gm)].map((match) => Number(match[1])));
  return seen.map((one) => (marked.has(one.pid) ? { ...one, environment: marker } : one));
}

async function seePs(): Promise<readonly SeenProcess[]> {
  const argv = ['ps', '-axEww', '-o', 'pid=,ppid=,pgid=,command='] as const;
  return parsePs((await capture({ argv, cwd: '/', env: { PATH: '/bin:/usr/bin' }, user: null })).stdout);
}

/** Reads lines of pid, parent, group and command with its environment. */
export function parsePs(text: string): readonly SeenProcess[] {
  const rows = [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/gm)];
  return rows.map(([, pid, parent, group, command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    started: '',
    environment: command ?? '',
  }));
}
