import { readFile } from 'node:fs/promises';
import { floorMark } from '../../core/base/floor-mark.ts';
import type { Environment } from '../config.ts';

/**
 * Says whether a process runs in a workspace of a factory: its environment bears the mark of the floor, or that of a
 * process it descends from does. A job that clears its own environment is still known by the one that started it.
 */
export async function isInsideJob(env: Environment, parent: number): Promise<boolean> {
  if (env[floorMark] !== undefined) return true;
  if (process.platform !== 'linux') return false;
  for (let pid = parent; pid > 0; pid = await parentOf(pid)) if (await isMarked(pid)) return true;
  return false;
}

async function isMarked(pid: number): Promise<boolean> {
  // Another user's process shows nothing: the floor's own user has no access to a person's factory.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').some((variable) => variable.startsWith(`${floorMark}=`));
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  return Number.isSafeInteger(parent) ? parent : 0;
}
